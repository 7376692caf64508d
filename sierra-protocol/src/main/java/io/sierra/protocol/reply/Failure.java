package io.sierra.protocol.reply;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.CurrentVersion;
import io.sierra.protocol.version.ExpectedVersion;

/** Why a command was refused or could not be carried out. Small and expected, never thrown. */
public sealed interface Failure {

    /** An argument is wrong. {@code problem} names it and says what was expected. */
    record InvalidArgument(String problem) implements Failure {}

    /** The stream is not where the writer expected it. */
    record WrongExpectedVersion(
            StreamId streamId,
            PartitionKey partitionKey,
            ExpectedVersion expected,
            CurrentVersion actual)
            implements Failure {}

    /** The id belongs to a stored event with other content, or to another transaction. */
    record EventIdConflict(EventId id, StreamId streamId, long streamVersion) implements Failure {}

    /** The stream exists in this partition under another key. */
    record PartitionKeyConflict(PartitionKey expected, PartitionKey actual) implements Failure {}

    /** The transaction is larger than a segment can hold. */
    record TransactionTooLarge(long lengthBytes, long maxLengthBytes) implements Failure {}

    /** Nothing was written because there is no room; appends resume when there is. */
    record DiskFull(long usableBytes) implements Failure {
        /** For a log. */
        @Override
        public String toString() {
            return "disk full, " + usableBytes + " bytes are left";
        }
    }

    /** Nothing was written: the disk gave no room, for another reason than that it is full. */
    record AllocationFailed(int bucketId, String reason) implements Failure {
        /** For a log. */
        @Override
        public String toString() {
            return "it gets no room on the disk: " + reason;
        }
    }

    /**
     * Nothing was written because the indexes of older segments cannot be, and no more of them fit
     * into memory; appends resume when they can.
     */
    record IndexingFailed(int bucketId, String reason) implements Failure {
        /** For a log. */
        @Override
        public String toString() {
            return "it cannot write its indexes: " + reason;
        }
    }

    /** The bucket's queue is full; nothing was done. */
    record MailboxFull(int bucketId) implements Failure {}

    /** There is no such partition. */
    record NoSuchPartition(int partitionId, int partitionCount) implements Failure {}

    /** The partition is out of service until its operator acts, because of {@code reason}. */
    record PartitionFailed(int partitionId, String reason) implements Failure {}

    /**
     * Partitions of the bucket are not served yet: indexes are being rebuilt, and {@code percent}
     * of that is done, 0 to 99. Nothing was done; it passes by itself.
     */
    record PartitionLoading(int bucketId, int percent) implements Failure {}

    /**
     * The write may or may not survive: the disk reported an error while it was made durable.
     * Repeating it with the same event id after a restart is safe.
     */
    record WriteFailed(int bucketId, String reason) implements Failure {}

    /** Stored bytes could not be read or do not verify. */
    record ReadFailed(String reason) implements Failure {}

    /** There is no subscription of this id, or it has ended. */
    record NoSuchSubscription() implements Failure {}

    /** All subscriptions together have as many streams and partitions as they may have. */
    record TooManySubscriptions(int maxSources) implements Failure {}

    /** The server is shutting down; nothing was done. */
    record ShuttingDown() implements Failure {}
}
