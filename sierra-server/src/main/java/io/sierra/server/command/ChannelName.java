package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.Failure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a channel of {@code SUBSCRIBE} stands for.
 *
 * <pre>
 * sierra:stream:&lt;stream id&gt;            the events of a stream
 * sierra:partition:&lt;as in EPSUB&gt;      the events of partitions
 * sierra:all                          all events
 * </pre>
 *
 * Each may be followed by {@code ?} and, with {@code &} between them, {@code from=<number|latest>}
 * (default {@code latest}), {@code window=<n>} (default 0: unlimited) and, for streams, {@code
 * pk=<uuid>}.
 */
public sealed interface ChannelName {
    /** What channels of one stream begin with. */
    String STREAM = "sierra:stream:";

    /** What channels of partitions begin with. */
    String PARTITION = "sierra:partition:";

    /** The channel of everything. */
    String ALL = "sierra:all";

    /** A channel of events. */
    record Events(Subscribe command) implements ChannelName {}

    /**
     * A channel on which nothing is ever said. Libraries subscribe to channels of their own, and do
     * not expect that to fail.
     */
    record Silent() implements ChannelName {}

    /** Meant as a channel of events, but a part of it is wrong. */
    record Refused(Failure.InvalidArgument failure) implements ChannelName {}

    /** What the channel of this name stands for. */
    static ChannelName parse(byte[] channel) {
        String text = new String(channel, StandardCharsets.UTF_8);
        ChannelOptions options = ChannelOptions.of(text);
        String name = options.name();
        if (!name.startsWith(STREAM) && !name.startsWith(PARTITION) && !isAll(name)) {
            return new Silent();
        }
        String problem = options.problem();
        if (problem != null) {
            return refused(options, problem);
        }
        if (name.startsWith(STREAM)) {
            return Utf8.isValid(channel) ? stream(options) : refused(options, "expected UTF-8");
        }
        if (options.partitionKey() != null) {
            return refused(options, "pk= is an option of " + STREAM + "<stream id> only");
        }
        return name.startsWith(PARTITION) ? partitions(options) : all(options);
    }

    private static ChannelName stream(ChannelOptions options) {
        byte[] id = options.name().substring(STREAM.length()).getBytes(StandardCharsets.UTF_8);
        String problem = StreamId.problemWith(id);
        if (problem != null) {
            return refused(options, id.length == 0 ? "expected stream id" : problem);
        }
        StreamId streamId = StreamId.ofUtf8(id);
        PartitionKey given = options.partitionKey();
        PartitionKey key = given == null ? streamId.defaultPartitionKey() : given;
        return new Events(
                new SubscribeStreams(
                        List.of(new StreamStart(streamId, key, options.from())),
                        options.window(),
                        ChannelOptions.JSON));
    }

    private static ChannelName partitions(ChannelOptions options) {
        String selector = options.name().substring(PARTITION.length());
        PartitionSet partitions = PartitionSetText.parse(selector.getBytes(StandardCharsets.UTF_8));
        return partitions == null
                ? refused(options, "expected " + PartitionSetText.FORM)
                : new Events(subscribe(partitions, options));
    }

    /** {@code ?} cannot belong to this name, so what follows it was meant as options. */
    private static boolean isAll(String name) {
        return name.equals(ALL) || name.startsWith(ALL + '?');
    }

    private static ChannelName all(ChannelOptions options) {
        return options.name().equals(ALL)
                ? new Events(subscribe(new PartitionSet.All(), options))
                : refused(options, "expected from= or window= after '?'");
    }

    private static SubscribePartitions subscribe(PartitionSet partitions, ChannelOptions options) {
        return new SubscribePartitions(
                partitions, Map.of(), options.from(), options.window(), ChannelOptions.JSON);
    }

    private static ChannelName refused(ChannelOptions options, String why) {
        return new Refused(options.refuse(why).failure());
    }
}
