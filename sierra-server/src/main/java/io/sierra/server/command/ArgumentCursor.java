package io.sierra.server.command;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.server.resp.Arguments;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the arguments of a request. Every {@code take…} moves on if the next argument is
 * what was asked for; otherwise it stays and answers null or false. What has to be there in a fixed
 * place leaves a {@link #refused} behind when it is not.
 */
final class ArgumentCursor {
    static final ExpectedVersion ANY = new ExpectedVersion.Any();
    static final String PARTITION_ID_OR_KEY = "partition id or key";

    private static final ExpectedVersion EXISTS = new ExpectedVersion.Exists();
    private static final ExpectedVersion EMPTY = new ExpectedVersion.Empty();
    private static final long MAX_PARTITION_ID = UnsignedNumber.MAX_PARTITION_ID;

    private final Arguments request;
    private int position = 1;
    private long number;
    private ParseResult.Refused refused = ParseResult.Refused.because("no argument was looked at");

    ArgumentCursor(Arguments request) {
        this.request = request;
    }

    boolean atEnd() {
        return position == request.count();
    }

    /** Goes back to where a {@link #position} was taken. */
    void backTo(int earlierPosition) {
        position = earlierPosition;
    }

    int position() {
        return position;
    }

    /** Why the last mandatory argument was not taken. */
    ParseResult.Refused refused() {
        return refused;
    }

    /** Refuses the next argument, or that there is none. */
    ParseResult.Refused unexpected(String expected) {
        String found = atEnd() ? "end of input" : request.kind(position).label();
        return because("unexpected " + found + ": expected " + expected);
    }

    ParseResult.Refused because(String problem) {
        refused = ParseResult.Refused.because(problem);
        return refused;
    }

    /** How many arguments there are still to take. */
    int remaining() {
        return request.count() - position;
    }

    /** Text of the next argument or digits of the next number; null if it is of another kind. */
    byte @Nullable [] peekWord() {
        boolean isWord = !atEnd() && (isText() || request.kind(position).isNumeric());
        return isWord ? request.bytes(position) : null;
    }

    /** Takes what {@link #peekWord} showed. */
    void skip() {
        assert !atEnd();
        position++;
    }

    /** Whether the next argument can be text or data. */
    boolean isText() {
        return !atEnd() && request.kind(position).isText();
    }

    boolean isKeyword(String keyword) {
        return !atEnd() && request.is(position, keyword);
    }

    boolean takeKeyword(String keyword) {
        boolean found = isKeyword(keyword);
        if (found) {
            position++;
        }
        return found;
    }

    byte @Nullable [] takeData() {
        return isText() ? request.bytes(position++) : null;
    }

    /** A mandatory stream id. */
    @Nullable StreamId takeStreamId(String expected) {
        if (!isUtf8()) {
            unexpected(expected);
            return null;
        }
        byte[] utf8 = request.bytes(position);
        String problem = StreamId.problemWith(utf8);
        if (problem != null) {
            because(problem);
            return null;
        }
        position++;
        return StreamId.ofUtf8(utf8);
    }

    /** A mandatory event name. */
    byte @Nullable [] takeEventName() {
        if (!isUtf8()) {
            unexpected("event name");
            return null;
        }
        byte[] utf8 = request.bytes(position);
        if (utf8.length > NewEvent.MAX_NAME_LENGTH_BYTES) {
            because(
                    "event name must be at most "
                            + NewEvent.MAX_NAME_LENGTH_BYTES
                            + " bytes in length, but got "
                            + utf8.length);
            return null;
        }
        position++;
        return utf8;
    }

    @Nullable UUID takeUuid() {
        UUID uuid = isText() ? UuidParser.parse(request.bytes(position)) : null;
        if (uuid != null) {
            position++;
        }
        return uuid;
    }

    /** A mandatory UUID, called {@code name}. */
    @Nullable UUID takeUuid(String name) {
        UUID uuid = takeUuid();
        if (uuid == null && isUtf8()) {
            because("invalid " + name);
        } else if (uuid == null) {
            unexpected(name);
        }
        return uuid;
    }

    /** Takes a number of 64 unsigned bits; {@link #number} has it afterwards. */
    boolean takeNumber() {
        byte[] digits = peekWord();
        if (digits == null || !UnsignedNumber.isValid(digits)) {
            return false;
        }
        number = UnsignedNumber.parse(digits);
        position++;
        return true;
    }

    /** Takes a mandatory number of at least 1; {@link #cutNumber} has it afterwards. */
    boolean takePositiveNumber() {
        int start = position;
        if (!takeNumber()) {
            unexpected("number");
            return false;
        }
        if (number == 0) {
            backTo(start);
            because("number 0 must not be less than 1");
            return false;
        }
        return true;
    }

    /** The 64 unsigned bits that {@link #takeNumber} found. */
    long number() {
        return number;
    }

    /** What {@link #takeNumber} found, cut to 2^63 - 1: no version or count goes beyond. */
    long cutNumber() {
        return number < 0 ? Long.MAX_VALUE : number;
    }

    @Nullable ExpectedVersion takeExpectedVersion() {
        if (takeNumber()) {
            return new ExpectedVersion.Exactly(number);
        }
        if (takeKeyword("ANY")) {
            return ANY;
        }
        if (takeKeyword("EXISTS")) {
            return EXISTS;
        }
        return takeKeyword("EMPTY") ? EMPTY : null;
    }

    /** A mandatory partition, by key if it reads as a UUID, else by id. */
    @Nullable PartitionSelector takePartition() {
        UUID key = takeUuid();
        if (key != null) {
            return new PartitionSelector.ByKey(PartitionKey.of(key));
        }
        int before = position;
        if (takeNumber() && Long.compareUnsigned(number, MAX_PARTITION_ID) <= 0) {
            return new PartitionSelector.ById((int) number);
        }
        backTo(before);
        unexpected(PARTITION_ID_OR_KEY);
        return null;
    }

    /** Whether the next argument is text in UTF-8. */
    boolean isUtf8() {
        return isText() && Utf8.isValid(request.bytes(position));
    }
}
