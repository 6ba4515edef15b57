"""The contract between server and clients, as msgspec Structs; imports nothing of ours."""
