package io.sierra.server.info;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Names that connections use, each counted once however many use it. Any thread. */
public final class NamesInUse {
    private final ConcurrentMap<ByteBuffer, Integer> users = new ConcurrentHashMap<>();

    NamesInUse() {}

    /** A connection uses the name from now on; its bytes are kept and must not change. */
    public void add(ByteBuffer name) {
        users.merge(name, 1, Integer::sum);
    }

    /** A connection that had added the name does not use it any more. */
    public void remove(ByteBuffer name) {
        users.computeIfPresent(name, (_, count) -> count == 1 ? null : count - 1);
    }

    /** How many different ones there are. */
    public int count() {
        return users.size();
    }
}
