package io.sierra.server.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where we mean to differ from SierraDB 0.3.1, and for which decision of the wire contract. */
final class WireDifferences {
    /** Vectors of commands that are answered elsewhere or unknown, by name. */
    static final SortedMap<String, Long> NOT_PARSED_HERE = new TreeMap<>();

    private static final String ROW_2 = "a third value of EAPPEND is the payload";
    private static final String ROW_5 = "ESUB as documented, EPSUB with keys and ranges";
    private static final String ROW_6 = "options given twice or malformed are errors";
    private static final String ROW_15 = "what does not begin with * is an inline command";
    private static final String ROW_16 = "malformed frames get the errors of Redis, no-ops nothing";
    private static final String LATER = "SierraDB refuses it as well, after its parser";
    private static final String KEYWORDS = "keywords are ASCII";

    private static final String FORM =
            ": the form is EAPPEND <stream_id> <event_name> [PAYLOAD <data>] [METADATA <data>]"
                    + " [EXPECTED_VERSION <version>] [EVENT_ID <uuid>] [PARTITION_KEY <uuid>]"
                    + " [TIMESTAMP <ms>]";

    private static final String SELECTOR =
            "*, partition id or key, a comma-separated list of them or a range of ids"
                    + " (first-last)";

    private record Difference(String reason, String ours) {}

    private static final Map<String, Difference> DIFFERENCES = new LinkedHashMap<>();

    static {
        notParsedHere();
        differ(ROW_2, "EAPPEND s E x", "parses");
        differ(ROW_2, "EAPPEND s E {\"a\":1}", "parses");
        differ(
                ROW_2,
                "EAPPEND s E junk PAYLOAD x",
                "INVALIDARG payload already specified as third value" + FORM);
        differ(ROW_2, "EAPPEND orders order-456 OrderCreated", "parses");
        differ(
                ROW_2,
                "EAPPEND orders order-456 OrderCreated PAYLOAD x",
                "INVALIDARG payload already specified as third value" + FORM);
        differ(ROW_5, "ESUB s FROM :50", "parses");
        differ(ROW_5, "EPSUB 0-127", "parses");
        differ(ROW_5, "EPSUB <uuid>", "parses");
        differ(ROW_5, "EPSUB", "INVALIDARG unexpected end of input: expected " + SELECTOR);
        for (String selector : List.of("5,", "abc", "65536", "1,70000")) {
            differ(
                    ROW_5,
                    "EPSUB " + selector,
                    "INVALIDARG unexpected string: expected " + SELECTOR);
        }
        differ(ROW_5, "EPSUB :-1", "INVALIDARG unexpected number: expected " + SELECTOR);
        differ(KEYWORDS, "EPSUB * wındow 5", "INVALIDARG unexpected string: expected end of input");
        differ(ROW_6, "EAPPEND s E PAYLOAD '' PAYLOAD b", "INVALIDARG payload already specified");
        differ(
                ROW_6,
                "EAPPEND s E EXPECTED_VERSION any EXPECTED_VERSION 2",
                "INVALIDARG expected version already specified");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E TIMESTAMP abc",
                "INVALIDARG unexpected string: expected milliseconds after TIMESTAMP");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E EVENT_ID bad",
                "INVALIDARG unexpected string: expected UUID after EVENT_ID");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E EXPECTED_VERSION bad",
                "INVALIDARG unexpected string: expected number, any, exists or empty after"
                        + " EXPECTED_VERSION");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E PARTITION_KEY <uuid>",
                "INVALIDARG PARTITION_KEY is no option of EMAPPEND: its first argument is the key");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E PAYLOAD",
                "INVALIDARG unexpected end of input: expected data after PAYLOAD");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E EXPECTED_VERSION",
                "INVALIDARG unexpected end of input: expected number, any, exists or empty after"
                        + " EXPECTED_VERSION");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E PAYLOAD :5",
                "INVALIDARG unexpected number: expected data after PAYLOAD");
        differ(
                ROW_6,
                "EMAPPEND <uuid> s E PAYLOAD a METADATA",
                "INVALIDARG unexpected end of input: expected data after METADATA");
        differ(ROW_15, "PING⏎", "OK Ping");
        differ(ROW_15, "HELLO 3⏎", "request HELLO, 2 words");
        differ(ROW_15, "HELLO 2⏎", "request HELLO, 2 words");
        differ(ROW_15, "hello 3⏎", "request hello, 2 words");
        differ(ROW_15, "$4⏎PING⏎", "request $4, 1 words\nOK Ping");
        differ(ROW_15, ">1⏎$4⏎PING⏎", "request >1, 1 words\nrequest $4, 1 words\nOK Ping");
        differ(ROW_15, "~1⏎$4⏎PING⏎", "request ~1, 1 words\nrequest $4, 1 words\nOK Ping");
        differ(
                ROW_15,
                "%1⏎$4⏎PING⏎:1⏎",
                "request %1, 1 words\nrequest $4, 1 words\nOK Ping\nrequest :1, 1 words");
        differ(
                ROW_15,
                "|1⏎+a⏎+b⏎*1⏎$4⏎PING⏎",
                "request |1, 1 words\nrequest +a, 1 words\nrequest +b, 1 words\nOK Ping");
        differ(ROW_15, "_⏎", "request _, 1 words");
        differ(ROW_15, "+PING⏎", "request +PING, 1 words");
        differ(ROW_15, "HTTP⏎", "request HTTP, 1 words");
        differ(ROW_16, "*0⏎", "nothing");
        differ(ROW_16, "*-1⏎", "nothing");
        differ(ROW_16, "*1⏎$-1⏎", "-ERR Protocol error: invalid bulk length, connection closed");
        differ(ROW_16, "⏎", "nothing");
        differ(
                ROW_16,
                "*?⏎$4⏎PING⏎.⏎",
                "-ERR Protocol error: invalid multibulk length, connection closed");
        differ(ROW_16, "*abc⏎", "-ERR Protocol error: invalid multibulk length, connection closed");
        differ(
                ROW_16,
                "*1⏎$?⏎;4⏎PING⏎;0⏎",
                "-ERR Protocol error: invalid bulk length, connection closed");
        differ(
                ROW_16,
                "*+1⏎$4⏎PING⏎",
                "-ERR Protocol error: invalid multibulk length, connection closed");
        differ(
                ROW_16,
                "*01⏎$04⏎PING⏎",
                "-ERR Protocol error: invalid multibulk length, connection closed");
        differ(ROW_16, "*-2⏎", "nothing");
        differ(LATER, "ESCAN s + -", "INVALIDARG start version cannot be '+'");
        differ(KEYWORDS, "EAPPEND s E expected_verſion 1", "INVALIDARG too many values" + FORM);
    }

    private WireDifferences() {}

    /** The vectors that differ. */
    static Set<String> names() {
        return DIFFERENCES.keySet();
    }

    /** What we do with a vector. */
    static String expected(WireVector vector) {
        Difference difference = DIFFERENCES.get(vector.name());
        return difference == null ? vector.upstream() : difference.ours();
    }

    /** Why we differ; empty if we do not. */
    static String reason(WireVector vector) {
        Difference difference = DIFFERENCES.get(vector.name());
        return difference == null ? "" : difference.reason();
    }

    private static void notParsedHere() {
        NOT_PARSED_HERE.put("HELLO", 14L);
        NOT_PARSED_HERE.put("INFO", 6L);
        NOT_PARSED_HERE.put("PING", 8L);
        // Unknown to SierraDB; known to us or answered as Redis does.
        NOT_PARSED_HERE.put("AUTH", 1L);
        NOT_PARSED_HERE.put("CLIENT", 1L);
        NOT_PARSED_HERE.put("COMMAND", 2L);
        NOT_PARSED_HERE.put("QUIT", 1L);
        NOT_PARSED_HERE.put("SELECT", 1L);
        NOT_PARSED_HERE.put("", 1L);
        NOT_PARSED_HERE.put("FOO", 1L);
        NOT_PARSED_HERE.put("FOO BAR", 1L);
        NOT_PARSED_HERE.put("é", 1L);
        NOT_PARSED_HERE.put("\uFFFD\uFFFD", 1L);
    }

    private static void differ(String reason, String vector, String ours) {
        DIFFERENCES.put(vector, new Difference(reason, ours));
    }
}
