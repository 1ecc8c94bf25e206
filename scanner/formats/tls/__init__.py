"""TLS on the wire: hellos, records, handshake messages and keys. No I/O, hostile bytes welcome."""
