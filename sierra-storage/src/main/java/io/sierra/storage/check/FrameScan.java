package io.sierra.storage.check;

import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the frames of one segment, first to last, each verified, over damage too. A server may
 * append to the segment meanwhile, or begin the next one: the walk ends somewhere between what was
 * there at its start and what is there at its end. For one thread.
 *
 * <p>Damage and the end of the log are told apart as at start: see {@code BucketRecovery}.
 */
public final class FrameScan implements AutoCloseable {
    private static final int ALIGNMENT_BYTES = 8;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 16]);

    /** What {@link #next} came to. */
    public enum Step {
        /** A valid frame, see {@link #frame}. */
        FRAME,
        /** Bytes that do not verify, see {@link #damage}. */
        DAMAGE,
        /** Nothing more. */
        END
    }

    private final FileWindow window;
    private final FrameReader frame;
    private final String file;
    private final long dataEnd;
    private long offset = SegmentHeader.LENGTH_BYTES;
    private long largestDurableEnd = -1;

    /** The valid frame that is known behind the damage, should there be more before it. */
    private long knownValid = -1;

    private @Nullable Damage damage;
    private boolean ended;
    private boolean tornTail;

    FrameScan(SegmentId segment, String file, FileWindow window, long dataEnd) {
        this.window = window;
        this.file = file;
        this.dataEnd = dataEnd;
        this.frame = new FrameReader(segment, file, MemorySegment.NULL);
    }

    /**
     * Walks over the frames in a file, wherever it is, which is closed with the walk.
     *
     * @param segment that the file is of
     * @param name of the file, for people
     * @param dataEnd exclusive end of the frames, or {@link SegmentFile#UNKNOWN_END}
     */
    public static FrameScan of(DeviceFile file, SegmentId segment, String name, long dataEnd) {
        return new FrameScan(segment, name, new FileWindow(file, _ -> {}), dataEnd);
    }

    /**
     * Goes on.
     *
     * @throws IOException if the file cannot be read at all; not for damaged contents
     */
    public Step next() throws IOException {
        if (ended || isAtDataEnd(offset)) {
            ended = true;
            return Step.END;
        }
        Verdict verdict = look(offset);
        if (verdict == Verdict.VALID) {
            offset = frame.nextFileOffset();
            return Step.FRAME;
        }
        return dataEnd == SegmentFile.UNKNOWN_END
                ? onProblemInOpenEnd(verdict)
                : onProblemBeforeDataEnd(verdict);
    }

    /** Goes on at the frame that begins here. */
    void moveTo(long fileOffset) {
        offset = fileOffset;
    }

    /** The frame that the last step came to; only until the next one. */
    public FrameReader frame() {
        return frame;
    }

    /** What the last step came to. */
    public Damage damage() {
        if (damage == null) {
            throw new IllegalStateException("the last step found no damage");
        }
        return damage;
    }

    /** Where the next frame would begin: after the last step, the exclusive end of the frames. */
    public long fileOffset() {
        return offset;
    }

    /** Whether there are bytes behind the end, which nobody was told about. */
    public boolean hasTornTail() {
        return tornTail;
    }

    private boolean isAtDataEnd(long at) {
        return dataEnd != SegmentFile.UNKNOWN_END && at >= dataEnd;
    }

    private Step onProblemBeforeDataEnd(Verdict verdict) throws IOException {
        long start = offset;
        long behind = behind(start, verdict);
        long next = verdict == Verdict.DAMAGED_BODY ? behind : nextValid(behind);
        offset = next < 0 || next > dataEnd ? dataEnd : next;
        return noteDamage(start, offset);
    }

    private Step onProblemInOpenEnd(Verdict verdict) throws IOException {
        long start = offset;
        long behind = behind(start, verdict);
        if (start < knownValid && start < largestDurableEnd) {
            // Seen before the last look at the file, so this was durable by then.
            offset = verdict == Verdict.DAMAGED_BODY ? behind : knownValid;
            return noteDamage(start, offset);
        }
        long next = nextValid(behind);
        if (next >= 0 && largestDurableEnd < 0) {
            largestDurableEnd = largestDurableEnd(next);
        }
        // A writer may have come by since the first look. What was durable is there by now.
        window.forget();
        if (look(start) == Verdict.VALID) {
            offset = frame.nextFileOffset();
            return Step.FRAME;
        }
        if (next < 0) {
            boolean anything = !isZeroFrom(start);
            if (isCutOff(start) || (anything && start == SegmentHeader.LENGTH_BYTES)) {
                offset = window.fileLength();
                ended = true;
                return noteDamage(start, offset);
            }
            tornTail = anything;
            ended = true;
            return Step.END;
        }
        if (largestDurableEnd <= start) {
            tornTail = true;
            ended = true;
            return Step.END;
        }
        knownValid = next;
        offset = verdict == Verdict.DAMAGED_BODY ? behind : next;
        return noteDamage(start, offset);
    }

    /** Whether the file ends within a frame; see {@link FrameReader#isCutOff}. */
    private boolean isCutOff(long start) throws IOException {
        long left = window.fileLength() - start;
        if (!window.cover(start, FrameReader.HEADER_BYTES)) {
            return left > 0 && !isZeroFrom(start);
        }
        frame.wrapPart(window.bytes(), window.start());
        return frame.lookAtHeader(start) > left;
    }

    private Step noteDamage(long start, long end) throws IOException {
        Verdict verdict = look(start);
        LostFrame header =
                verdict == Verdict.DAMAGED_BODY && frame.kind().isLogEntry()
                        ? new LostFrame(
                                frame.partitionId(),
                                frame.lastLogIndex(),
                                frame.firstSequence(),
                                frame.endSequence())
                        : null;
        damage = new Damage(start, end, problemAt(start, end, verdict), header);
        return Step.DAMAGE;
    }

    private String problemAt(long start, long end, Verdict verdict) throws IOException {
        String unreadable = window.problemIn(start, end);
        if (unreadable != null) {
            return unreadable;
        }
        CorruptSegmentException problem =
                verdict == Verdict.DAMAGED_BODY
                        ? frame.damagedBody(start)
                        : isCutOff(start) ? frame.cutOff(start) : frame.noFrame(start);
        return String.valueOf(problem.getMessage());
    }

    /**
     * Where the next frame may begin: what looks like one in a damaged body is a client's payload.
     * A frame with a readable header is damage by itself; whatever is behind it is looked at next,
     * or a loss there would be put down to this frame's partition.
     */
    private long behind(long start, Verdict verdict) {
        return verdict == Verdict.DAMAGED_BODY ? frame.nextFileOffset() : start + ALIGNMENT_BYTES;
    }

    private Verdict look(long at) throws IOException {
        window.cover(at, FrameReader.HEADER_BYTES);
        frame.wrapPart(window.bytes(), window.start());
        long length = frame.lookAtHeader(at);
        if (length >= 0) {
            window.cover(at, length);
            frame.wrapPart(window.bytes(), window.start());
        }
        return frame.look(at);
    }

    /** Offset of the first valid frame from {@code from} on, or -1. */
    long nextValid(long from) throws IOException {
        long at = skipZeros(from);
        while (at >= 0) {
            switch (look(at)) {
                case VALID -> {
                    return at;
                }
                case DAMAGED_BODY -> at = skipZeros(frame.nextFileOffset());
                case NO_FRAME -> at = skipZeros(at + ALIGNMENT_BYTES);
            }
        }
        return -1;
    }

    private long largestDurableEnd(long from) throws IOException {
        long largest = -1;
        for (long at = from; at >= 0; at = nextValid(frame.nextFileOffset())) {
            look(at);
            largest = Math.max(largest, frame.durableEnd());
        }
        return largest;
    }

    boolean isZeroFrom(long from) throws IOException {
        return skipZeros(from) < 0;
    }

    /** The first multiple of 8 from which on not all is zero, or -1 if the file ends before. */
    private long skipZeros(long from) throws IOException {
        long at = from;
        while (window.cover(at, 1)) {
            MemorySegment bytes = window.bytes();
            long first = at - window.start();
            long length = Math.min(ZEROS.byteSize(), bytes.byteSize() - first);
            long mismatch = MemorySegment.mismatch(bytes, first, first + length, ZEROS, 0, length);
            if (mismatch >= 0) {
                return (at + mismatch) & -ALIGNMENT_BYTES;
            }
            at += length;
        }
        return -1;
    }

    /** Name of the file, for people. */
    public String file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        window.close();
    }
}
