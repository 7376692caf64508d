package io.sierra.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what Jackson takes for JSON. */
class JsonDocumentTest {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int MUTATIONS = 200_000;

    private static final String[] DOCUMENTS = {
        "{\"a\":[1,-2.5e+10,0,{\"b\":null}],\"c\":\"x\\n\\u00e9\",\"d\":true}",
        " [ { } , [ ] , \"\" , false ] ",
        "-0.0E-7",
        "{\"\":{\"\":{}},\"k\":\"\\\"\\\\\\/\\b\\f\\r\\t\"}"
    };
    private static final String ALPHABET = "{}[]\",:\\/ux0123456789.eE+-truefalsn \t\n\u0001";

    private final JsonDocument document = new JsonDocument();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{a:1}",
                "'a'",
                "01",
                "-",
                "1.",
                ".5",
                "+1",
                "1e",
                "1e+",
                "tru",
                "truex",
                "nul",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u12\"",
                "\"\\",
                "1 2",
                "{}{}",
                "// 1",
                "NaN",
                "[1 2]",
                "{\"a\" 1}",
                "\"\t\""
            })
    void otherText_isNone(String text) {
        assertThat(isDocument(text)).isFalse();
    }

    @Test
    void depth_isLimited() {
        int limit = JsonDocument.MAX_DEPTH;

        assertThat(isDocument("[".repeat(limit) + "]".repeat(limit))).isTrue();
        assertThat(isDocument("[".repeat(limit + 1) + "]".repeat(limit + 1))).isFalse();
        assertThat(isDocument("{\"a\":".repeat(limit) + "1" + "}".repeat(limit))).isTrue();
        assertThat(isDocument("[" + "[],{},".repeat(limit) + "1]")).isTrue();
    }

    @Test
    void lengthEndsTheDocument() {
        assertThat(document.is(new byte[] {'1', '2', 'x'}, 2)).isTrue();
    }

    @Test
    void mutatedDocuments_areJudgedAsByJackson() {
        long seed = 20261121;
        Random random = new Random(seed);
        int valid = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String text = mutated(DOCUMENTS[random.nextInt(DOCUMENTS.length)], random);
            boolean expected = isDocumentForJackson(text);
            assertThat(isDocument(text)).as("seed %s: %s", seed, text).isEqualTo(expected);
            valid += expected ? 1 : 0;
        }
        // Neither all nor none: otherwise the test would show little.
        assertThat(valid).isBetween(MUTATIONS / 20, MUTATIONS / 2);
    }

    private static String mutated(String text, Random random) {
        StringBuilder result = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int position = random.nextInt(result.length() + 1);
            char inserted = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            if (random.nextBoolean()) {
                result.insert(position, inserted);
            } else if (position < result.length() && random.nextBoolean()) {
                result.setCharAt(position, inserted);
            } else if (position < result.length()) {
                result.deleteCharAt(position);
            }
        }
        return result.toString();
    }

    private boolean isDocument(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return document.is(utf8, utf8.length);
    }

    private static boolean isDocumentForJackson(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            boolean isDocument = parser.nextToken() != null;
            parser.skipChildren();
            return isDocument && parser.nextToken() == null;
        } catch (IOException _) {
            return false;
        }
    }
}
