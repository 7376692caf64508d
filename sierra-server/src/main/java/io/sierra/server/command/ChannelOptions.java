package io.sierra.server.command;

import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.protocol.id.PartitionKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a channel's name: {@code ?} and, with {@code &} between them, {@code
 * from=<number|latest>}, {@code window=<number>} and {@code pk=<uuid>}, each at most once. A {@code
 * ?} that is followed by anything else belongs to the name.
 */
final class ChannelOptions {
    /** Window of a channel that names none: what the client's socket takes. */
    static final long UNLIMITED = Long.MAX_VALUE;

    /** An event in a channel is one text. */
    static final SubscriptionOptions JSON =
            new SubscriptionOptions(
                    /* caughtUp= */ false,
                    /* heartbeatMillis= */ 0,
                    /* names= */ List.of(),
                    /* streamPrefix= */ new byte[] {},
                    /* json= */ true,
                    /* pushKind= */ null);

    private static final String FROM = "from=";
    private static final String WINDOW = "window=";
    private static final String KEY = "pk=";
    private static final int MAX_SHOWN = 128;

    private final String channel;
    private final String name;
    private @Nullable Start from;
    private @Nullable Long window;
    private @Nullable PartitionKey partitionKey;
    private @Nullable String problem;

    private ChannelOptions(String channel, int nameLength) {
        this.channel = channel;
        this.name = channel.substring(0, nameLength);
    }

    /** Takes a channel, or a pattern of channels, apart. */
    static ChannelOptions of(String channel) {
        int mark = channel.lastIndexOf('?');
        String[] parts = mark < 0 ? new String[] {} : channel.substring(mark + 1).split("&", -1);
        for (String part : parts) {
            if (!isOption(part)) {
                return new ChannelOptions(channel, channel.length());
            }
        }
        ChannelOptions options = new ChannelOptions(channel, mark < 0 ? channel.length() : mark);
        for (String part : parts) {
            options.take(part);
        }
        return options;
    }

    /** The channel without the options. */
    String name() {
        return name;
    }

    /** What is wrong with the options; null if nothing is. */
    @Nullable String problem() {
        return problem;
    }

    /** Where to begin; if nothing is said with what comes next. */
    Start from() {
        Start given = from;
        return given == null ? new Start.Latest() : given;
    }

    /** At least 1. */
    long window() {
        Long given = window;
        return given == null || given == 0 ? UNLIMITED : given;
    }

    /** Null if none is given. */
    @Nullable PartitionKey partitionKey() {
        return partitionKey;
    }

    /** The text of a refusal. */
    ParseResult.Refused refuse(String why) {
        String shown = channel.length() > MAX_SHOWN ? channel.substring(0, MAX_SHOWN) : channel;
        return ParseResult.Refused.because("channel '" + shown + "': " + why);
    }

    private static boolean isOption(String part) {
        return part.startsWith(FROM) || part.startsWith(WINDOW) || part.startsWith(KEY);
    }

    private void take(String part) {
        int valueStart = part.indexOf('=') + 1;
        String key = part.substring(0, valueStart - 1);
        String value = part.substring(valueStart);
        boolean isFirst =
                switch (key) {
                    case "from" -> from == null;
                    case "window" -> window == null;
                    default -> partitionKey == null;
                };
        if (!isFirst) {
            problem = key + " already specified";
        } else if (problem == null) {
            set(key, value);
        }
    }

    private void set(String key, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        boolean isNumber = UnsignedNumber.isValid(bytes);
        switch (key) {
            case "from" -> {
                if (isNumber) {
                    from = new Start.At(UnsignedNumber.parseCut(bytes));
                } else if (value.equalsIgnoreCase("latest")) {
                    from = new Start.Latest();
                } else {
                    problem = "expected number or latest after from=, but got '" + cut(value) + "'";
                }
            }
            case "window" -> {
                if (isNumber) {
                    window = UnsignedNumber.parseCut(bytes);
                } else {
                    problem = "expected number after window=, but got '" + cut(value) + "'";
                }
            }
            default -> {
                UUID uuid = UuidParser.parse(bytes);
                if (uuid == null) {
                    problem = "expected partition key after pk=, but got '" + cut(value) + "'";
                } else {
                    partitionKey = PartitionKey.of(uuid);
                }
            }
        }
    }

    private static String cut(String value) {
        return value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) : value;
    }
}
