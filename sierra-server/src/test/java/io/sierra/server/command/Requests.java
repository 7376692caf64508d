package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command;
import io.sierra.server.resp.Arguments;
import java.util.Arrays;

/** Requests as lines of words. */
final class Requests {
    private Requests() {}

    /** The command of a line that is accepted. */
    static Command command(String line) {
        ParseResult result = parse(line);
        assertThat(result).as(line).isInstanceOf(ParseResult.Parsed.class);
        return ((ParseResult.Parsed) result).command();
    }

    /** Why a line is refused. */
    static String refusal(String line) {
        ParseResult result = parse(line);
        assertThat(result).as(line).isInstanceOf(ParseResult.Refused.class);
        return ((ParseResult.Refused) result).failure().problem();
    }

    private static ParseResult parse(String line) {
        String[] words = line.split(" ", -1);
        Arguments request = Arguments.of(words[0], Arrays.copyOfRange(words, 1, words.length));
        ParseResult result = new CommandParser(/* strictVersioning= */ false).parse(request);
        if (result == null) {
            throw new AssertionError(line + " is not parsed");
        }
        return result;
    }
}
