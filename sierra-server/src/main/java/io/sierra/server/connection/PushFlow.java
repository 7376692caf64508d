package io.sierra.server.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much of what the subscriptions of one connection have sent is still on this side of the
 * socket. They stop when it is a little and go on when it has gone, so a client that does not read
 * costs that little. Subscriptions ask and add from their threads, the event loop takes away.
 */
final class PushFlow {
    /** On its way at once: enough that one piece is being written while the next is made. */
    private static final int HIGH_BYTES = 256 << 10;

    /** From here on the subscriptions go on. */
    private static final int LOW_BYTES = 64 << 10;

    /** Size that a subscription hands over at once. */
    private static final int PIECE_BYTES = 64 << 10;

    /** The same while memory is short. */
    private static final int SMALL_PIECE_BYTES = 4 << 10;

    private final MemoryBudget memory;
    private final AtomicLong unsent = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    PushFlow(MemoryBudget memory) {
        this.memory = memory;
    }

    /**
     * Whether something more may be made. When the server's memory is short, that is only so for a
     * connection that holds nothing: each has its turn, however many others do not read.
     */
    boolean hasRoom() {
        long bytes = unsent.get();
        return bytes == 0 || (bytes < HIGH_BYTES && !memory.isShort());
    }

    /** How much may be made before it is handed over. */
    int pieceBytes() {
        return memory.isShort() ? SMALL_PIECE_BYTES : PIECE_BYTES;
    }

    /** Bytes made and not sent. */
    long unsentBytes() {
        return unsent.get();
    }

    /** A piece was made. */
    void onMade(int lengthBytes) {
        unsent.addAndGet(lengthBytes);
    }

    /**
     * Puts a subscription in line; {@code onRoom} is run by the event loop when there may be room.
     * The caller looks once more afterwards, for the room may have come meanwhile.
     */
    void await(Runnable onRoom) {
        waiting.add(onRoom);
    }

    /** Something has left, or was thrown away. */
    void onGone(int lengthBytes) {
        unsent.addAndGet(-lengthBytes);
        Runnable next = nextInLine();
        while (next != null) {
            next.run();
            next = nextInLine();
        }
    }

    /**
     * Who goes on now. Looks at the room for each of them: those that have found none meanwhile are
     * in line again, and the event loop must not go round with them. Who is left in line has his
     * turn when something more has left, which there is then.
     */
    private @Nullable Runnable nextInLine() {
        long bytes = unsent.get();
        boolean mayGoOn = bytes == 0 || (bytes <= LOW_BYTES && !memory.isShort());
        return mayGoOn ? waiting.poll() : null;
    }
}
