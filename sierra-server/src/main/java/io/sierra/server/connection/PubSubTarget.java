package io.sierra.server.connection;

import io.sierra.cluster.subscription.EventFilter;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.command.ChannelName;
import io.sierra.server.command.ChannelPattern;
import io.sierra.server.push.EventChannel;
import io.sierra.server.push.EventMatcher;
import io.sierra.server.push.PushFormat;

/** What is to be heard on a channel, or through a pattern of channels. */
sealed interface PubSubTarget {
    /**
     * A longer one is refused: it is compared with every event. The id of a stream is 64 bytes at
     * most.
     */
    int MAX_PATTERN_BYTES = 1024;

    /** Events. */
    record Events(Subscribe command, EventFilter filter, PushFormat format)
            implements PubSubTarget {}

    /** Nothing, ever. */
    record Silence() implements PubSubTarget {}

    /** It cannot be listened to. */
    record Refused(Failure failure) implements PubSubTarget {}

    /** What is said on a channel. */
    static PubSubTarget ofChannel(byte[] channel) {
        return switch (ChannelName.parse(channel)) {
            case ChannelName.Events(var command) ->
                    new Events(command, EventFilter.ALL, PushFormat.ofChannel(channel));
            case ChannelName.Silent() -> new Silence();
            case ChannelName.Refused(var failure) -> new Refused(failure);
        };
    }

    /**
     * What is said on the channels that match, in a server of {@code partitionCount} partitions.
     */
    static PubSubTarget ofPattern(byte[] pattern, int partitionCount) {
        if (pattern.length > MAX_PATTERN_BYTES) {
            return new Refused(
                    new Failure.InvalidArgument(
                            "pattern is longer than " + MAX_PATTERN_BYTES + " bytes"));
        }
        return switch (ChannelPattern.parse(pattern)) {
            case ChannelPattern.Streams(var ids, var command) ->
                    new Events(
                            command,
                            EventMatcher.of(ids),
                            PushFormat.ofPattern(pattern, EventChannel.ofStreams()));
            case ChannelPattern.Partitions partitions -> {
                PushFormat format = PushFormat.ofPattern(pattern, EventChannel.ofPartitions());
                yield partitions
                        .command(partitionCount)
                        .<PubSubTarget>map(c -> new Events(c, EventFilter.ALL, format))
                        .orElseGet(Silence::new);
            }
            case ChannelPattern.Everything(var command) ->
                    new Events(
                            command,
                            EventFilter.ALL,
                            PushFormat.ofPattern(pattern, EventChannel.ofEverything()));
            case ChannelPattern.Silent() -> new Silence();
            case ChannelPattern.Refused(var failure) -> new Refused(failure);
        };
    }
}
