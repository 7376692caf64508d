package io.sierra.storage;

/** When an append is durable, compared with when it is acknowledged. */
public enum SyncPolicy {
    /** Before: acknowledged means on disk. */
    ALWAYS,
    /** At most some milliseconds after; a power loss takes what was acknowledged since. */
    INTERVAL,
    /** When the operating system likes; a power loss takes seconds. */
    OS
}
