package io.sierra.server.push;

import io.sierra.cluster.subscription.Positions;
import io.sierra.server.resp.ReplyKey;
import io.sierra.server.resp.RespWriter;

/** What several forms of pushes have in common. */
final class PushWords {
    static final ReplyKey CAUGHTUP = ReplyKey.of("caughtup");
    static final ReplyKey HEARTBEAT = ReplyKey.of("heartbeat");
    static final ReplyKey ERROR = ReplyKey.of("error");

    private PushWords() {}

    /** A map from partition id, an integer, or stream id, a bulk string, to what comes next. */
    static void positions(Positions positions, RespWriter out) {
        out.mapHeader(positions.size());
        positions.forEachPartition((partitionId, nextSequence) -> {
            out.integer(partitionId);
            out.integer(nextSequence);
        });
        positions.forEachStream((streamId, nextVersion) -> {
            out.bulk(streamId);
            out.integer(nextVersion);
        });
    }
}
