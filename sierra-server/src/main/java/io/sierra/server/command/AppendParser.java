package io.sierra.server.command;

import io.sierra.protocol.command.Command.Append;
import io.sierra.protocol.command.Command.AppendMany;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Arguments of one EAPPEND or EMAPPEND. */
final class AppendParser {
    private static final String EVENT_ID = "EVENT_ID";
    private static final String PARTITION_KEY = "PARTITION_KEY";
    private static final String EXPECTED_VERSION = "EXPECTED_VERSION";
    private static final String TIMESTAMP = "TIMESTAMP";
    private static final String PAYLOAD = "PAYLOAD";
    private static final String METADATA = "METADATA";

    private static final String AFTER_APPEND =
            "EVENT_ID, PARTITION_KEY, EXPECTED_VERSION, TIMESTAMP, PAYLOAD, METADATA or end of"
                    + " input";
    private static final String AFTER_EVENT =
            "stream id, event name, EVENT_ID, EXPECTED_VERSION, TIMESTAMP, PAYLOAD, METADATA or"
                    + " end of input";
    private static final String APPEND_FORM =
            "EAPPEND <stream_id> <event_name> [PAYLOAD <data>] [METADATA <data>]"
                    + " [EXPECTED_VERSION <version>] [EVENT_ID <uuid>] [PARTITION_KEY <uuid>]"
                    + " [TIMESTAMP <ms>]";

    /** What became of an attempt to read an option. */
    private enum Option {
        TAKEN,
        /** Given twice; the cursor knows the refusal. */
        REPEATED,
        /** Its value does not fit or is missing; the cursor knows the refusal. */
        MALFORMED,
        /** The next argument is no option word, or there is none. */
        ABSENT
    }

    private final ArgumentCursor cursor;
    private final boolean strictVersioning;
    private boolean hasPositionalPayload;
    private @Nullable PartitionKey partitionKey;

    AppendParser(ArgumentCursor cursor, boolean strictVersioning) {
        this.cursor = cursor;
        this.strictVersioning = strictVersioning;
    }

    ParseResult parseAppend() {
        EventDraft draft = takeStreamAndName("stream id");
        if (draft == null) {
            return cursor.refused();
        }
        takePositionalPayload(draft);
        while (!cursor.atEnd()) {
            int start = cursor.position();
            switch (takeAppendOption(draft)) {
                case TAKEN -> {}
                case REPEATED -> {
                    return cursor.refused();
                }
                case MALFORMED, ABSENT -> {
                    cursor.backTo(start);
                    return unexpectedAfterAppend();
                }
            }
        }
        String problem = draft.problem(strictVersioning);
        if (problem != null) {
            return cursor.because(problem);
        }
        PartitionKey given = partitionKey;
        PartitionKey key = given == null ? draft.streamId.defaultPartitionKey() : given;
        return new ParseResult.Parsed(new Append(key, draft.toEvent()));
    }

    ParseResult parseAppendMany() {
        UUID key = cursor.takeUuid("partition key");
        if (key == null) {
            return cursor.refused();
        }
        List<EventDraft> drafts = new ArrayList<>();
        do {
            EventDraft draft = takeEvent(drafts.isEmpty() ? "stream id" : AFTER_EVENT);
            if (draft == null) {
                return cursor.refused();
            }
            drafts.add(draft);
        } while (!cursor.atEnd());

        List<NewEvent> events = new ArrayList<>(drafts.size());
        for (EventDraft draft : drafts) {
            String problem = draft.problem(strictVersioning);
            if (problem != null) {
                return cursor.because(problem);
            }
            events.add(draft.toEvent());
        }
        return new ParseResult.Parsed(new AppendMany(PartitionKey.of(key), events));
    }

    /** One event of EMAPPEND with its options; null if it is refused. */
    private @Nullable EventDraft takeEvent(String expectedStreamId) {
        EventDraft draft = takeStreamAndName(expectedStreamId);
        if (draft == null) {
            return null;
        }
        while (true) {
            switch (takeEventOption(draft)) {
                case TAKEN -> {}
                case REPEATED, MALFORMED -> {
                    return null;
                }
                case ABSENT -> {
                    return hasForeignOption() ? null : draft;
                }
            }
        }
    }

    private @Nullable EventDraft takeStreamAndName(String expectedStreamId) {
        StreamId streamId = cursor.takeStreamId(expectedStreamId);
        if (streamId == null) {
            return null;
        }
        byte[] name = cursor.takeEventName();
        return name == null ? null : new EventDraft(streamId, name);
    }

    /** {@code EAPPEND s E '{"a":1}'}: what is no option word right after the name. */
    private void takePositionalPayload(EventDraft draft) {
        if (!isOptionWord()) {
            byte[] payload = cursor.takeData();
            hasPositionalPayload = payload != null && draft.setPayload(payload);
        }
    }

    private boolean isOptionWord() {
        return cursor.isKeyword(EXPECTED_VERSION)
                || cursor.isKeyword(PAYLOAD)
                || cursor.isKeyword(METADATA)
                || cursor.isKeyword(EVENT_ID)
                || cursor.isKeyword(TIMESTAMP)
                || cursor.isKeyword(PARTITION_KEY);
    }

    private Option takeAppendOption(EventDraft draft) {
        if (!cursor.takeKeyword(PARTITION_KEY)) {
            return takeEventOption(draft);
        }
        UUID key = cursor.takeUuid();
        if (key == null) {
            return malformed("UUID", PARTITION_KEY);
        }
        boolean isFirst = partitionKey == null;
        partitionKey = PartitionKey.of(key);
        return once(isFirst, "partition key");
    }

    private Option takeEventOption(EventDraft draft) {
        if (cursor.takeKeyword(EXPECTED_VERSION)) {
            ExpectedVersion expected = cursor.takeExpectedVersion();
            return expected == null
                    ? malformed("number, any, exists or empty", EXPECTED_VERSION)
                    : once(draft.setExpectedVersion(expected), "expected version");
        }
        if (cursor.takeKeyword(PAYLOAD)) {
            byte[] payload = cursor.takeData();
            return payload == null
                    ? malformed("data", PAYLOAD)
                    : once(draft.setPayload(payload), "payload");
        }
        if (cursor.takeKeyword(METADATA)) {
            byte[] metadata = cursor.takeData();
            return metadata == null
                    ? malformed("data", METADATA)
                    : once(draft.setMetadata(metadata), "metadata");
        }
        if (cursor.takeKeyword(EVENT_ID)) {
            UUID id = cursor.takeUuid();
            return id == null ? malformed("UUID", EVENT_ID) : once(draft.setId(id), "event id");
        }
        if (cursor.takeKeyword(TIMESTAMP)) {
            return cursor.takeNumber()
                    ? once(draft.setTimestamp(cursor.number()), "timestamp")
                    : malformed("milliseconds", TIMESTAMP);
        }
        return Option.ABSENT;
    }

    private Option once(boolean isFirst, String what) {
        if (isFirst) {
            return Option.TAKEN;
        }
        boolean isPositional = hasPositionalPayload && what.equals("payload");
        cursor.because(
                what
                        + " already specified"
                        + (isPositional ? " as third value: the form is " + APPEND_FORM : ""));
        return Option.REPEATED;
    }

    private Option malformed(String value, String option) {
        cursor.unexpected(value + " after " + option);
        return Option.MALFORMED;
    }

    private ParseResult unexpectedAfterAppend() {
        return hasPositionalPayload && cursor.isText() && !isOptionWord()
                ? cursor.because("too many values: the form is " + APPEND_FORM)
                : cursor.unexpected(AFTER_APPEND);
    }

    /** An option of EAPPEND that events of EMAPPEND do not have must not pass as a stream id. */
    private boolean hasForeignOption() {
        if (cursor.isKeyword(PARTITION_KEY)) {
            cursor.because("PARTITION_KEY is no option of EMAPPEND: its first argument is the key");
            return true;
        }
        return false;
    }
}
