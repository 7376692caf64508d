package io.sierra.server.connection;

import io.sierra.server.info.NamesInUse;
import io.sierra.storage.concurrent.OwnedBy;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channels, or the patterns, that one connection listens to, in the order it began to. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class PubSubNames {
    /** Memory that a name takes besides its bytes, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private final NamesInUse everybodys;
    private final Map<ByteBuffer, Listening> names = new LinkedHashMap<>();
    private long heldBytes;

    /** What a name is heard through; null if nothing is ever said there. */
    record Listening(@Nullable ClientSubscription subscription) {
        /** Whether something was said there, and is no longer. */
        boolean hasEnded() {
            return subscription != null && subscription.isSilenced();
        }
    }

    /** None yet; they count among {@code everybodys}. */
    PubSubNames(NamesInUse everybodys) {
        this.everybodys = everybodys;
    }

    int count() {
        return names.size();
    }

    /** Memory that they take, roughly. */
    long heldBytes() {
        return heldBytes;
    }

    /** Whether it is listened to already, and that has not come to an end. */
    boolean isHeard(ByteBuffer name) {
        Listening listening = names.get(name);
        return listening != null && !listening.hasEnded();
    }

    /** Listens to it; one that is there keeps its place. */
    void put(ByteBuffer name, Listening listening) {
        if (names.put(name, listening) == null) {
            everybodys.add(name);
            heldBytes += OVERHEAD_BYTES + name.capacity();
        }
    }

    /** Listens to it no more; what it was heard through, null if nothing. */
    @Nullable ClientSubscription remove(ByteBuffer name) {
        Listening listening = names.remove(name);
        if (listening == null) {
            return null;
        }
        everybodys.remove(name);
        heldBytes -= OVERHEAD_BYTES + name.capacity();
        return listening.subscription();
    }

    /** All of them, in order. */
    List<ByteBuffer> all() {
        return List.copyOf(names.keySet());
    }
}
