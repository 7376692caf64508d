package io.sierra.storage.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Which blocks of an index file have been verified since it was opened. From any thread. */
final class VerifiedBlocks {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;

    /** None, of a file with so many bytes. */
    VerifiedBlocks(long fileLength) {
        this.words = new long[Math.toIntExact(fileLength / IndexBlock.LENGTH / Long.SIZE + 1)];
    }

    /** A stale answer is harmless: the block is verified twice. */
    boolean contains(long block) {
        long word = (long) WORD.getOpaque(words, (int) (block / Long.SIZE));
        return (word & (1L << block)) != 0;
    }

    void add(long block) {
        var _ = (long) WORD.getAndBitwiseOr(words, (int) (block / Long.SIZE), 1L << block);
    }
}
