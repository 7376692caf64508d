package io.sierra.server.connection;

import io.sierra.server.info.InfoReport;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.RespWriter;
import java.util.ArrayList;
import java.util.List;

/** {@code INFO [section …]}, and {@code INFO CACHE} as SierraDB has it. */
final class InfoCommand {
    /** SierraDB reads through a cache of blocks of this size. */
    private static final int BLOCK_SIZE_BYTES = 65_536;

    private final InfoReport info;
    private final ClientConnection connection;

    InfoCommand(InfoReport info, ClientConnection connection) {
        this.info = info;
        this.connection = connection;
    }

    void handle(Arguments request) {
        if (request.count() == 2 && request.is(1, "CACHE")) {
            cache();
            return;
        }
        List<String> sections = new ArrayList<>();
        for (int i = 1; i < request.count(); i++) {
            sections.add(request.text(i));
        }
        connection.reply().verbatim(info.text(sections));
    }

    /**
     * Files are mapped, the kernel caches: there is nothing to count, but readers of this exist.
     */
    private void cache() {
        RespWriter out = connection.reply();
        out.mapHeader(8);
        entry("hits", 0, out);
        entry("misses", 0, out);
        out.bulk("hit_ratio");
        out.number(0);
        entry("entries", 0, out);
        entry("memory_bytes", 0, out);
        entry("max_bytes", 0, out);
        entry("block_size_bytes", BLOCK_SIZE_BYTES, out);
        entry("evictions", 0, out);
    }

    private static void entry(String key, long value, RespWriter out) {
        out.bulk(key);
        out.integer(value);
    }
}
