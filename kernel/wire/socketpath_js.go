package wire

// maxSocketPath is that of Linux: in a browser there are no sockets.
const maxSocketPath = 107
