"""The shapes of success answers, by the router that gives them, each with an example: the OpenAPI document has both."""
