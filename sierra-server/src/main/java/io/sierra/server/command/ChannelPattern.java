package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.reply.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pattern of {@code PSUBSCRIBE} stands for.
 *
 * <pre>
 * sierra:stream:&lt;glob&gt;       the events of streams whose id matches
 * sierra:partition:&lt;glob&gt;    the events of partitions whose decimal id matches
 * &lt;glob&gt;                     all events, if it matches sierra:all
 * </pre>
 *
 * Each may be followed by {@code from} and {@code window} as a {@link ChannelName} may; {@code
 * from} counts in every partition by itself.
 */
public sealed interface ChannelPattern {
    /**
     * Streams.
     *
     * @param ids of which an event's stream id must match, whichever its partition
     * @param command covers all partitions
     */
    record Streams(GlobPattern ids, SubscribePartitions command) implements ChannelPattern {}

    /** Partitions whose id in decimal digits matches; how many there are is not known here. */
    record Partitions(GlobPattern ids, Start from, long window) implements ChannelPattern {
        /** The command for a server of {@code partitionCount} partitions; empty if none matches. */
        public Optional<SubscribePartitions> command(int partitionCount) {
            List<PartitionSelector> matching = new ArrayList<>();
            for (int id = 0; id < partitionCount; id++) {
                if (ids.matches(Integer.toString(id))) {
                    matching.add(new PartitionSelector.ById(id));
                }
            }
            return matching.isEmpty()
                    ? Optional.empty()
                    : Optional.of(subscribe(new PartitionSet.Some(matching), from, window));
        }
    }

    /** Everything. */
    record Everything(SubscribePartitions command) implements ChannelPattern {}

    /** A pattern of other channels, on which nothing is ever said. */
    record Silent() implements ChannelPattern {}

    /** Meant as a pattern of channels of events, but an option of it is wrong. */
    record Refused(Failure.InvalidArgument failure) implements ChannelPattern {}

    /** What this pattern stands for. */
    static ChannelPattern parse(byte[] pattern) {
        ChannelOptions options = ChannelOptions.of(new String(pattern, StandardCharsets.UTF_8));
        String name = options.name();
        boolean isOfParts =
                name.startsWith(ChannelName.STREAM) || name.startsWith(ChannelName.PARTITION);
        if (!isOfParts && !GlobPattern.of(name).matches(ChannelName.ALL)) {
            return new Silent();
        }
        String problem = options.problem();
        if (problem == null && options.partitionKey() != null) {
            problem = "pk= is no option of patterns";
        }
        return problem == null ? events(options) : new Refused(options.refuse(problem).failure());
    }

    private static ChannelPattern events(ChannelOptions options) {
        String name = options.name();
        if (name.startsWith(ChannelName.PARTITION)) {
            GlobPattern ids = GlobPattern.of(name.substring(ChannelName.PARTITION.length()));
            return new Partitions(ids, options.from(), options.window());
        }
        SubscribePartitions everything =
                subscribe(new PartitionSet.All(), options.from(), options.window());
        return name.startsWith(ChannelName.STREAM)
                ? new Streams(
                        GlobPattern.of(name.substring(ChannelName.STREAM.length())), everything)
                : new Everything(everything);
    }

    private static SubscribePartitions subscribe(PartitionSet partitions, Start from, long window) {
        return new SubscribePartitions(partitions, Map.of(), from, window, ChannelOptions.JSON);
    }
}
