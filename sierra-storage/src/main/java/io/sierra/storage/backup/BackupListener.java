package io.sierra.storage.backup;

/** Is told how a backup or a restore gets on, and may slow it down by taking its time. */
public interface BackupListener {
    /** Listens to nothing. */
    BackupListener NONE = new BackupListener() {};

    /** So many bytes will be read. */
    default void planned(long lengthBytes) {}

    /** So many bytes more have been read. */
    default void read(long lengthBytes) {}

    /** Something does not verify; the message names file and offset. */
    default void damaged(String problem) {}
}
