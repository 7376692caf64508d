package io.sierra.protocol.reply;

/**
 * First word of an error reply. A name never changes once it is released: clients decide by it
 * whether to try again.
 */
public enum ErrorCode {
    /** An argument is wrong; the text names it and what was expected. */
    INVALIDARG,
    /** The stream is not at the expected version. */
    WRONGVER,
    /** The event id is taken by an event with other content. */
    IDCONFLICT,
    /** What was named does not exist. */
    NOTFOUND,
    /** The storage engine refused the append; nothing was written. */
    DBOPFAILED,
    /** The partition's queue is full; nothing was done, try again. */
    MAILBOXFULL,
    /** The outcome is unknown; repeating with the same EVENT_ID is safe. */
    TIMEOUT,
    /** Too few replicas are alive to write. */
    INSUFFICIENTREPLICAS,
    /** The outcome is unknown, the quorum did not confirm in time. */
    QUORUMFAILED,
    /** Stored data could not be read. */
    READERR,
    /** Writing failed; the outcome of the append is unknown, the bucket takes no more writes. */
    WRITEERR,
    /** The partition is not served yet; nothing was done, try again. */
    TRYAGAIN,
    /** The partition has no node that could answer. */
    CLUSTERDOWN,
    /** The server is shutting down. */
    ACTORSTOPPED,
    /** The command needs RESP3. */
    NOPROTO,
    /** Errors that Redis itself knows and clients look for by text. */
    ERR
}
