package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ProtocolException;
import io.sierra.server.resp.RequestDecoder;
import io.sierra.server.resp.RespLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What SierraDB 0.3.1 was seen to do with 354 inputs, against our decoder and parser. Wherever we
 * mean to differ, {@link WireDifferences} says so and why.
 */
class WireVectorTest {
    private static final String NOT_PARSED_HERE = "not parsed here";

    private final CommandParser parser = new CommandParser(/* strictVersioning= */ false);

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.sierra.server.command.WireVector#ofArguments")
    void argumentsAreJudgedAsRecorded(WireVector vector) throws ProtocolException {
        String ours = judge(vector);
        if (!ours.equals(NOT_PARSED_HERE)) {
            assertThat(ours)
                    .as(WireDifferences.reason(vector))
                    .isEqualTo(WireDifferences.expected(vector));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.sierra.server.command.WireVector#ofBytes")
    void bytesAreJudgedAsRecorded(WireVector vector) {
        assertThat(decodeAll(vector))
                .as(WireDifferences.reason(vector))
                .isEqualTo(WireDifferences.expected(vector));
    }

    @Test
    void onlyTheseCommandsAreNotParsedHere() {
        Map<String, Long> names =
                WireVector.ofArguments()
                        .filter(vector -> judge(vector).equals(NOT_PARSED_HERE))
                        .map(vector -> decode(vector.bytes()).upperCaseName())
                        .collect(
                                Collectors.groupingBy(
                                        name -> name, TreeMap::new, Collectors.counting()));

        assertThat(names).isEqualTo(WireDifferences.NOT_PARSED_HERE);
    }

    @Test
    void everyDifferenceIsOfAVector() {
        Set<String> names =
                WireVector.ofArguments().map(WireVector::name).collect(Collectors.toSet());
        WireVector.ofBytes().map(WireVector::name).forEach(names::add);

        assertThat(names).containsAll(WireDifferences.names());
    }

    private String judge(WireVector vector) {
        Arguments request = decode(vector.bytes());
        String refusal = request.refusal();
        if (refusal != null) {
            return refusal;
        }
        ParseResult result = parser.parse(request);
        return switch (result) {
            case null -> NOT_PARSED_HERE;
            case ParseResult.Parsed _ -> "parses";
            case ParseResult.Refused(var failure) -> "INVALIDARG " + failure.problem();
        };
    }

    private static Arguments decode(ByteBuf bytes) {
        try {
            Arguments request = new RequestDecoder(RespLimits.DEFAULT).decode(bytes);
            assertThat(bytes.isReadable()).isFalse();
            return Objects.requireNonNull(request);
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    /** In the words in which the vectors tell what SierraDB did. */
    private static String decodeAll(WireVector vector) {
        RequestDecoder decoder = new RequestDecoder(RespLimits.DEFAULT);
        ByteBuf bytes = vector.bytes();
        List<String> outcomes = new ArrayList<>();
        try {
            Arguments request = decoder.decode(bytes);
            while (request != null) {
                outcomes.add(describe(request));
                request = decoder.decode(bytes);
            }
            if (outcomes.isEmpty()) {
                boolean isIncomplete = bytes.isReadable() || decoder.isInsideRequest();
                outcomes.add(isIncomplete ? "waits for more bytes" : "nothing");
            }
        } catch (ProtocolException e) {
            String reply = e.reply();
            outcomes.add(
                    reply == null
                            ? "connection closed without a reply"
                            : "-" + reply + ", connection closed");
        }
        return String.join("\n", outcomes);
    }

    private static String describe(Arguments request) {
        if (request.refusal() != null) {
            return "-" + request.refusal();
        }
        return request.isNamed("PING") && request.count() == 1
                ? "OK Ping"
                : "request " + request.text(0) + ", " + request.count() + " words";
    }
}
