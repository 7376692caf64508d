package io.sierra.server.resp;

import io.sierra.protocol.reply.ErrorCode;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.reply.Failure.AllocationFailed;
import io.sierra.protocol.reply.Failure.DiskFull;
import io.sierra.protocol.reply.Failure.EventIdConflict;
import io.sierra.protocol.reply.Failure.IndexingFailed;
import io.sierra.protocol.reply.Failure.InvalidArgument;
import io.sierra.protocol.reply.Failure.MailboxFull;
import io.sierra.protocol.reply.Failure.NoSuchPartition;
import io.sierra.protocol.reply.Failure.NoSuchSubscription;
import io.sierra.protocol.reply.Failure.PartitionFailed;
import io.sierra.protocol.reply.Failure.PartitionKeyConflict;
import io.sierra.protocol.reply.Failure.PartitionLoading;
import io.sierra.protocol.reply.Failure.ReadFailed;
import io.sierra.protocol.reply.Failure.ShuttingDown;
import io.sierra.protocol.reply.Failure.TooManySubscriptions;
import io.sierra.protocol.reply.Failure.TransactionTooLarge;
import io.sierra.protocol.reply.Failure.WriteFailed;
import io.sierra.protocol.reply.Failure.WrongExpectedVersion;

/** The texts that failures are told to clients with; there is no other such place. */
public final class ErrorReplies {
    private ErrorReplies() {}

    /**
     * Text of the error reply, its code first. It may hold line ends, which the writer replaces.
     */
    public static String of(Failure failure) {
        return switch (failure) {
            case InvalidArgument(var problem) -> text(ErrorCode.INVALIDARG, problem);
            // Clients take this one apart with a regular expression: not a letter may change.
            case WrongExpectedVersion(var stream, var key, var expected, var actual) ->
                    text(
                            ErrorCode.WRONGVER,
                            "current stream version is "
                                    + actual
                                    + (" but expected " + expected)
                                    + (" for partition key " + key)
                                    + (" and stream id " + stream));
            case EventIdConflict(var id, var stream, var version) ->
                    text(
                            ErrorCode.IDCONFLICT,
                            ("event " + id + " already exists in stream " + stream)
                                    + (" at version " + version + " with other content"));
            case PartitionKeyConflict(var expected, var actual) ->
                    refused(
                            "partition key must be the same for all events in a stream: "
                                    + ("expected " + expected + ", got " + actual));
            case TransactionTooLarge(var length, var max) ->
                    refused(
                            "events exceed the size of a single segment: "
                                    + (length + " bytes, at most " + max));
            case DiskFull(var usable) ->
                    refused(
                            "disk full, "
                                    + usable
                                    + " bytes are left; nothing was written,"
                                    + " appends resume when there is room");
            case AllocationFailed(var bucket, var reason) ->
                    refused(
                            ("bucket " + bucket + " gets no room on the disk: " + reason)
                                    + "; nothing was written, appends resume when it does");
            case IndexingFailed(var bucket, var reason) ->
                    refused(
                            ("bucket " + bucket + " cannot write its indexes: " + reason)
                                    + "; nothing was written, appends resume when it can");
            case MailboxFull(var bucket) ->
                    text(
                            ErrorCode.MAILBOXFULL,
                            "queue of bucket " + bucket + " is full; nothing was done, try again");
            case NoSuchPartition(var partition, var count) ->
                    text(
                            ErrorCode.INVALIDARG,
                            ("partition " + partition + " does not exist,")
                                    + (" this cluster has " + count));
            case PartitionFailed(var partition, var reason) ->
                    text(
                            ErrorCode.CLUSTERDOWN,
                            "partition " + partition + " is out of service: " + reason);
            // Not LOADING, although Redis has that: clients take it that the whole server is, and
            // send all of a pipeline again, appends that were carried out included.
            case PartitionLoading(var bucket, var percent) ->
                    text(
                            ErrorCode.TRYAGAIN,
                            ("partitions of bucket " + bucket + " are loading:")
                                    + (" missing indexes are being rebuilt, " + percent)
                                    + " % done; nothing was done, try again");
            case WriteFailed(var bucket, var reason) ->
                    text(
                            ErrorCode.WRITEERR,
                            ("outcome unknown, bucket " + bucket)
                                    + (" takes no more writes until a restart: " + reason)
                                    + "; repeating with the same EVENT_ID after it is safe");
            case ReadFailed(var reason) -> text(ErrorCode.READERR, "read error: " + reason);
            case NoSuchSubscription() -> text(ErrorCode.NOTFOUND, "subscription not found");
            case TooManySubscriptions(var max) ->
                    text(
                            ErrorCode.ERR,
                            "too many subscriptions: together they may have "
                                    + (max + " streams and partitions"));
            case ShuttingDown() ->
                    text(ErrorCode.ACTORSTOPPED, "server is shutting down; nothing was done");
        };
    }

    /** The engine looked at it and wrote nothing. */
    private static String refused(String message) {
        return text(ErrorCode.DBOPFAILED, "database operation failed: " + message);
    }

    private static String text(ErrorCode code, String message) {
        return code.name() + ' ' + message;
    }
}
