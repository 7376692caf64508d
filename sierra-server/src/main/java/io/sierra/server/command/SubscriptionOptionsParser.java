package io.sierra.server.command;

import io.sierra.protocol.command.SubscriptionOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What follows the word {@code WITH}, up to the end of the arguments: at least one option, in any
 * order, each at most once.
 */
final class SubscriptionOptionsParser {
    private static final String CAUGHTUP = "CAUGHTUP";
    private static final String HEARTBEAT = "HEARTBEAT";
    private static final String NAMES = "NAMES";
    private static final String STREAMPREFIX = "STREAMPREFIX";
    private static final String FORMAT = "FORMAT";
    private static final String PUSH = "PUSH";

    private static final long MIN_HEARTBEAT_MILLIS = 100;
    private static final long MAX_HEARTBEAT_MILLIS = 3_600_000;
    private static final long MAX_NAMES = 1000;
    private static final int MAX_PREFIX_LENGTH_BYTES = 64;

    private static final Pattern PUSH_KIND = Pattern.compile("[A-Za-z0-9_.-]{1,32}");

    /** Libraries take pushes of these kinds for their own, or for replies. */
    private static final Set<String> RESERVED_KINDS =
            Set.of(
                    "message",
                    "pmessage",
                    "smessage",
                    "subscribe",
                    "unsubscribe",
                    "psubscribe",
                    "punsubscribe",
                    "ssubscribe",
                    "sunsubscribe",
                    "invalidate",
                    "pong",
                    "moving",
                    "migrating",
                    "migrated",
                    "failing_over",
                    "failed_over",
                    "smigrating",
                    "smigrated");

    private final ArgumentCursor cursor;
    private boolean caughtUp;
    private long heartbeatMillis;
    private List<byte[]> names = List.of();
    private byte[] streamPrefix = {};
    private boolean json;
    private @Nullable String pushKind;

    SubscriptionOptionsParser(ArgumentCursor cursor) {
        this.cursor = cursor;
    }

    /** The options; null if they are refused, and the cursor knows why. */
    @Nullable SubscriptionOptions parse() {
        do {
            if (!takeOption()) {
                return null;
            }
        } while (!cursor.atEnd());
        return new SubscriptionOptions(
                caughtUp, heartbeatMillis, names, streamPrefix, json, pushKind);
    }

    private boolean takeOption() {
        if (cursor.takeKeyword(CAUGHTUP)) {
            return once(!caughtUp, "caughtup") && takeCaughtUp();
        }
        if (cursor.takeKeyword(HEARTBEAT)) {
            return once(heartbeatMillis == 0, "heartbeat") && takeHeartbeat();
        }
        if (cursor.takeKeyword(NAMES)) {
            return once(names.isEmpty(), "names") && takeNames();
        }
        if (cursor.takeKeyword(STREAMPREFIX)) {
            return once(streamPrefix.length == 0, "stream prefix") && takeStreamPrefix();
        }
        if (cursor.takeKeyword(FORMAT)) {
            return once(!json, "format") && takeFormat();
        }
        if (cursor.takeKeyword(PUSH)) {
            return once(pushKind == null, "push kind") && takePushKind();
        }
        return unexpected("CAUGHTUP, HEARTBEAT, NAMES, STREAMPREFIX, FORMAT or PUSH");
    }

    private boolean takeCaughtUp() {
        caughtUp = true;
        return true;
    }

    private boolean takeHeartbeat() {
        if (!cursor.takeNumber()) {
            return unexpected("milliseconds after HEARTBEAT");
        }
        long millis = cursor.cutNumber();
        if (millis < MIN_HEARTBEAT_MILLIS || millis > MAX_HEARTBEAT_MILLIS) {
            return refuse("heartbeat must be 100 to 3600000 milliseconds, but got " + millis);
        }
        heartbeatMillis = millis;
        return true;
    }

    private boolean takeNames() {
        if (!cursor.takeNumber()) {
            return unexpected("number of names after NAMES");
        }
        long count = cursor.cutNumber();
        if (count < 1 || count > MAX_NAMES) {
            return refuse("number of names must be 1 to " + MAX_NAMES + ", but got " + count);
        }
        List<byte[]> taken = new ArrayList<>();
        while (taken.size() < count) {
            byte[] name = cursor.takeEventName();
            if (name == null) {
                return false;
            }
            taken.add(name);
        }
        names = taken;
        return true;
    }

    private boolean takeStreamPrefix() {
        byte[] prefix = cursor.isUtf8() ? cursor.takeData() : null;
        if (prefix == null) {
            return unexpected("prefix after STREAMPREFIX");
        }
        if (prefix.length < 1 || prefix.length > MAX_PREFIX_LENGTH_BYTES) {
            return refuse(
                    "stream prefix must be 1 to "
                            + MAX_PREFIX_LENGTH_BYTES
                            + " bytes in length, but got "
                            + prefix.length);
        }
        streamPrefix = prefix;
        return true;
    }

    private boolean takeFormat() {
        json = cursor.takeKeyword("JSON");
        return json || unexpected("JSON after FORMAT");
    }

    private boolean takePushKind() {
        byte[] word = cursor.takeData();
        if (word == null) {
            return unexpected("kind after PUSH");
        }
        String kind = new String(word, StandardCharsets.UTF_8);
        if (!PUSH_KIND.matcher(kind).matches()) {
            return refuse("push kind must be 1 to 32 letters, digits, '_', '-' or '.'");
        }
        if (RESERVED_KINDS.contains(kind.toLowerCase(Locale.ROOT))) {
            return refuse("push kind '" + kind + "' is one that client libraries keep for Redis");
        }
        pushKind = kind;
        return true;
    }

    private boolean once(boolean isFirst, String option) {
        return isFirst || refuse(option + " already specified");
    }

    private boolean unexpected(String expected) {
        cursor.unexpected(expected);
        return false;
    }

    private boolean refuse(String problem) {
        cursor.because(problem);
        return false;
    }
}
