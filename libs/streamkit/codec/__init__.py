"""The columnar Avro codec: batches of columns to Kafka values in the Confluent wire format, and back.

A value is a zero byte, the schema id as four bytes big-endian, and the Avro body. Encoding is byte-equal to a
record-by-record writer; decoding isolates whatever is damaged and never raises on bad data.
"""

from streamkit.codec.codec import Codec, Decoded, Encoded, Framed
from streamkit.codec.columns import EncodeError
from streamkit.codec.decode import Poison

__all__ = ["Codec", "Decoded", "EncodeError", "Encoded", "Framed", "Poison"]
