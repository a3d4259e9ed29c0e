"""The five services. They never import each other: Kafka topics are the only wire between them."""
