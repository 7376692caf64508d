package io.sierra.server.cli.store;

import static io.sierra.server.cli.store.FrameFields.eventId;
import static io.sierra.server.cli.store.FrameFields.metadata;
import static io.sierra.server.cli.store.FrameFields.name;
import static io.sierra.server.cli.store.FrameFields.partitionKey;
import static io.sierra.server.cli.store.FrameFields.payload;
import static io.sierra.server.cli.store.FrameFields.time;
import static io.sierra.server.cli.store.FrameFields.transactionId;

import io.sierra.server.cli.tool.JsonText;
import io.sierra.storage.check.Damage;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.LostEntries.Versions;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** For people: a line for each frame, and a few for each event. Long data is cut short. */
final class TextFramePrinter implements FramePrinter {
    private static final int MAX_DATA_CHARACTERS = 200;

    private final PrintWriter out;

    TextFramePrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void frame(String file, FrameReader frame) {
        out.printf(
                "%s @%d %s, %d bytes, checksums %08x %08x, durable end %d",
                file,
                frame.fileOffset(),
                frame.kind(),
                frame.lengthBytes(),
                frame.storedHeaderChecksum(),
                frame.storedBodyChecksum(),
                frame.durableEnd());
        switch (frame.kind()) {
            case EVENTS, TERM_START ->
                    out.printf(
                            ", partition %d, log index %d, term %d, sequences %d to %d, watermark"
                                    + " %d, chain %08x, digest %08x, transaction %s, key %s%n",
                            frame.partitionId(),
                            frame.logIndex(),
                            frame.term(),
                            frame.firstSequence(),
                            frame.firstSequence() + frame.eventCount() - 1,
                            frame.watermark(),
                            frame.chain(),
                            frame.digest(),
                            transactionId(frame),
                            partitionKey(frame));
            case CHECKPOINT -> {
                out.println();
                frame.checkpoint().forEach(this::position);
            }
            case LOST ->
                    out.printf(
                            ", partition %d, log indexes %d to %d, term %d, sequences %d to %d,"
                                    + " known versions %d, chain %08x, digest %08x%n",
                            frame.partitionId(),
                            frame.logIndex(),
                            frame.lastLogIndex(),
                            frame.term(),
                            frame.firstSequence(),
                            frame.endSequence() - 1,
                            frame.lostVersions().stream().mapToInt(Versions::count).sum(),
                            frame.chain(),
                            frame.digest());
            case DURABLE_END, FILLER -> out.println();
        }
    }

    private void position(Checkpoint.Position position) {
        out.printf(
                "    partition %d: log index %d, term %d, next sequence %d, watermark %d, digest"
                        + " %08x%s%n",
                position.partitionId(),
                position.lastLogIndex(),
                position.lastTerm(),
                position.nextSequence(),
                position.watermark(),
                position.digest(),
                position.damaged() ? ", damaged" : "");
    }

    @Override
    public void event(String file, FrameReader frame) {
        out.printf(
                "    %s version %d, partition %d sequence %d, %s, %s, id %s, in %s @%d%n",
                text(frame.streamIdBytes()),
                frame.streamVersion(),
                frame.partitionId(),
                frame.partitionSequence(),
                text(name(frame)),
                time(frame),
                eventId(frame),
                file,
                frame.fileOffset());
        data("metadata", metadata(frame));
        data("payload", payload(frame));
    }

    private void data(String what, byte[] bytes) {
        if (bytes.length > 0) {
            out.printf("        %s, %d bytes: %s%n", what, bytes.length, shortened(text(bytes)));
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_DATA_CHARACTERS
                ? text
                : text.substring(0, MAX_DATA_CHARACTERS) + "…";
    }

    /** As it is if a terminal takes it, else in base 64. */
    private static String text(byte[] bytes) {
        return JsonText.decode(bytes)
                .filter(text -> text.chars().noneMatch(Character::isISOControl))
                .orElseGet(() ->
                        "base64 "
                                + new String(
                                        Base64.getEncoder().encode(bytes),
                                        StandardCharsets.US_ASCII));
    }

    @Override
    public void damage(String file, Damage damage) {
        out.printf(
                "%s @%d DAMAGED up to %d: %s%n",
                file, damage.start(), damage.end(), damage.problem());
        Damage.LostFrame lost = damage.header();
        if (lost != null) {
            out.printf(
                    "    its header tells: partition %d, log index %d, sequences %d to %d%n",
                    lost.partitionId(),
                    lost.lastLogIndex(),
                    lost.firstSequence(),
                    lost.endSequence() - 1);
        }
    }

    @Override
    public void missing(String file) {
        out.println(file + " MISSING");
    }

    @Override
    public void end(String file, long fileOffset, boolean tornTail) {
        out.printf(
                "%s @%d end%s%n",
                file,
                fileOffset,
                tornTail ? ", and behind it an unfinished write that nobody was told about" : "");
    }
}
