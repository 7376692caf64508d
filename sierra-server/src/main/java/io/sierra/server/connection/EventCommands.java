package io.sierra.server.connection;

import io.sierra.cluster.Node;
import io.sierra.protocol.command.Command;
import io.sierra.protocol.command.Command.GetEvent;
import io.sierra.protocol.command.Command.PartitionSequence;
import io.sierra.protocol.command.Command.ScanPartition;
import io.sierra.protocol.command.Command.ScanStream;
import io.sierra.protocol.command.Command.StreamVersion;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Hands the commands on events of one connection to buckets and readers. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class EventCommands {
    private final Node node;
    private final Partitioning partitioning;
    private final ClientConnection connection;

    /** An append that waits for EGETs before it, with its name. */
    private Command.@Nullable Write parked;

    private @Nullable CommandName parkedName;

    EventCommands(Node node, ClientConnection connection) {
        this.node = node;
        this.partitioning = node.partitioning();
        this.connection = connection;
    }

    void handle(CommandName name, Command command) {
        switch (command) {
            case Command.Write write -> {
                if (mustWait(write)) {
                    parked = write;
                    parkedName = name;
                } else {
                    append(name, write);
                }
            }
            case Command.Read read -> read(name, read);
            case Command.Subscribe subscribe -> {
                connection.subscriptions().subscribe(subscribe);
                connection.onAnswered(name);
            }
            case Command.Acknowledge acknowledge -> {
                connection.subscriptions().acknowledge(acknowledge);
                connection.onAnswered(name);
            }
            case Command.Unsubscribe unsubscribe -> {
                connection.subscriptions().unsubscribe(unsubscribe);
                connection.onAnswered(name);
            }
            case Command.Poll poll -> connection.polls().handle(name, poll);
        }
    }

    boolean hasParked() {
        return parked != null;
    }

    void dropParked() {
        parked = null;
    }

    /** Whether the parked append went on its way. */
    boolean retryParked() {
        Command.Write write = Objects.requireNonNull(parked);
        if (mustWait(write)) {
            return false;
        }
        parked = null;
        append(Objects.requireNonNull(parkedName), write);
        return true;
    }

    /**
     * An EGET finds an event by its id at whatever time it looks, so an append that brings an id of
     * its own must not overtake one. Ids that are generated cannot have been asked for.
     */
    private boolean mustWait(Command.Write write) {
        if (connection.hasEventReads()) {
            for (NewEvent event : write.events()) {
                if (event.id() != null) {
                    return true;
                }
            }
        }
        return false;
    }

    private void append(CommandName name, Command.Write write) {
        PendingAppend append =
                new PendingAppend(
                        write, connection.completions(), connection, name, lengthBytes(write));
        Failure refusal = node.offer(append);
        if (refusal == null) {
            connection.onAppendOffered(append);
        } else {
            refuse(name, refusal);
        }
    }

    private void read(CommandName name, Command.Read read) {
        int partitionId = partitionOf(read);
        Failure failure =
                partitionId == PendingRead.ANY_PARTITION ? null : node.failureOf(partitionId);
        if (failure != null) {
            refuse(name, failure);
            return;
        }
        long watermark =
                partitionId == PendingRead.ANY_PARTITION ? 0 : node.reader().watermark(partitionId);
        connection.onRead(new PendingRead(connection, name, read, partitionId), watermark);
    }

    private int partitionOf(Command.Read read) {
        return switch (read) {
            case GetEvent _ -> PendingRead.ANY_PARTITION;
            case ScanStream scan -> partitioning.partitionOf(scan.partitionKey());
            case StreamVersion(_, var key) -> partitioning.partitionOf(key);
            case ScanPartition scan -> scan.partition().idIn(partitioning);
            case PartitionSequence(var selector) -> selector.idIn(partitioning);
        };
    }

    private void refuse(CommandName name, Failure failure) {
        connection.replyError(ErrorReplies.of(failure));
        connection.onAnswered(name);
    }

    private static int lengthBytes(Command.Write write) {
        int length = 0;
        for (NewEvent event : write.events()) {
            length += event.name().length + event.payload().length + event.metadata().length;
        }
        return length;
    }
}
