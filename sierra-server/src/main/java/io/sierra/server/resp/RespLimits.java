package io.sierra.server.resp;

/**
 * What a request may cost before it is refused.
 *
 * @param maxBulkBytes largest argument, 1 to {@value #LARGEST_BULK_BYTES}; a command with a larger
 *     one is refused
 * @param maxRequestBytes all arguments of one request together, at least {@code maxBulkBytes}; a
 *     command with more is refused
 * @param maxArrayLength most elements of an array, 1 to 2^30 - 1; more is a protocol error
 * @param maxNestingDepth levels of arrays below the request, 0 to 1024; more is a protocol error
 * @param maxInlineBytes longest line, be it an inline command, a length or a number, 64 to 2^24;
 *     more is a protocol error
 */
public record RespLimits(
        int maxBulkBytes,
        long maxRequestBytes,
        int maxArrayLength,
        int maxNestingDepth,
        int maxInlineBytes) {
    /** Redis's own limit of a bulk string, 512 MiB: beyond it a length is a protocol error. */
    public static final int LARGEST_BULK_BYTES = 512 << 20;

    /** Arguments of 32 MiB, requests of 128 MiB, the other limits as in Redis. */
    public static final RespLimits DEFAULT =
            new RespLimits(32 << 20, 128L << 20, 1 << 20, 8, 64 << 10);

    public RespLimits {
        check("max bulk bytes", maxBulkBytes, 1, LARGEST_BULK_BYTES);
        check("max request bytes", maxRequestBytes, maxBulkBytes, Long.MAX_VALUE);
        check("max array length", maxArrayLength, 1, (1 << 30) - 1);
        check("max nesting depth", maxNestingDepth, 0, 1024);
        check("max inline bytes", maxInlineBytes, 64, 1 << 24);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    name + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
