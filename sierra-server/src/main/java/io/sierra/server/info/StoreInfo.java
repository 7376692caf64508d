package io.sierra.server.info;

import io.sierra.cluster.Node;
import io.sierra.cluster.NodeStatus;
import io.sierra.cluster.NodeStatus.BucketStatus;
import io.sierra.cluster.NodeStatus.IndexRebuild;
import io.sierra.cluster.NodeStatus.Indexes;
import io.sierra.cluster.ScrubStatus;
import io.sierra.protocol.reply.Failure;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sections about what is stored: {@code Persistence}, {@code Replication}, {@code Cluster}, {@code
 * Partitions} and {@code Keyspace}.
 */
final class StoreInfo {
    private final ServerFacts facts;
    private final Node node;

    StoreInfo(ServerFacts facts, Node node) {
        this.facts = facts;
        this.node = node;
    }

    /**
     * {@code loading} comes first: some readers take the first line that contains the word. It
     * stays 0 while a bucket is loading: clients that see a 1 wait for the server, which serves the
     * others.
     */
    void persistence(InfoWriter out) {
        NodeStatus status = node.status();
        out.field("loading", 0);
        out.field("async_loading", 0);
        out.field("rdb_bgsave_in_progress", 0);
        out.field("aof_enabled", 1);
        out.field("aof_rewrite_in_progress", 0);
        out.field("aof_last_write_status", allWritable(status) ? "ok" : "err");
        out.field("sync_policy", status.syncPolicy());
        out.field("recovery_millis", status.recoveryMillis());
        out.field("recovery", recovery(status));
        out.field("data_directory", status.directory());
        scrub(out);
        rebuild(out, status.rebuild());
        indexes(out, status.indexes());
        out.field("mapped_files", status.mappings().files());
        out.field("mapped_files_max", status.mappings().maxFiles());
        out.field("mapped_files_bytes", status.mappings().bytes());
        out.field("mapped_files_evicted", status.mappings().evictions());
        for (BucketStatus bucket : status.buckets()) {
            out.field("bucket_" + bucket.bucketId(), describe(bucket));
        }
    }

    private void scrub(InfoWriter out) {
        ScrubStatus scrub = node.scrubStatus();
        out.field("scrub_state", scrub.state());
        out.field("scrub_read_bytes", scrub.readBytes());
        out.field("scrub_planned_bytes", scrub.plannedBytes());
        out.field("scrub_passes", scrub.passes());
        out.field("scrub_last_end_time", scrub.lastEndMillis() / 1_000);
        out.field("scrub_findings", scrub.findings());
        out.field("scrub_last_finding", scrub.lastFinding());
    }

    private static void rebuild(InfoWriter out, IndexRebuild rebuild) {
        out.field("index_rebuild_state", rebuild.state());
        out.field("index_rebuild_buckets", rebuild.buckets());
        out.field("index_rebuild_read_bytes", rebuild.readBytes());
        out.field("index_rebuild_planned_bytes", rebuild.plannedBytes());
    }

    private static void indexes(InfoWriter out, Indexes indexes) {
        out.field("index_pending_seals", indexes.pendingSeals());
        out.field("index_files", indexes.files());
        out.field("index_rebuilds", indexes.rebuilds());
        out.field("index_last_error", indexes.lastError());
    }

    void replication(InfoWriter out) {
        out.field("role", "master");
        out.field("connected_slaves", 0);
        out.field("master_replid", facts.runId());
        out.field("master_repl_offset", events());
    }

    /** Never 1: clients would take it for a Redis Cluster and ask for its slots. */
    void cluster(InfoWriter out) {
        out.field("cluster_enabled", 0);
    }

    void partitions(InfoWriter out) {
        List<Long> watermarks = node.status().watermarks();
        for (int partition = 0; partition < watermarks.size(); partition++) {
            out.field(
                    "partition_" + partition,
                    "events=" + watermarks.get(partition) + stateOf(partition));
        }
    }

    private String stateOf(int partition) {
        Failure failure = node.failureOf(partition);
        return failure == null
                ? ""
                : failure instanceof Failure.PartitionLoading ? ",state=loading" : ",state=failed";
    }

    void keyspace(InfoWriter out) {
        long events = events();
        if (events > 0) {
            out.field("db0", "keys=" + events + ",expires=0,avg_ttl=0");
        }
    }

    long events() {
        return node.status().watermarks().stream().mapToLong(Long::longValue).sum();
    }

    private static boolean allWritable(NodeStatus status) {
        return status.buckets().stream()
                .allMatch(b -> b.state().equals("writable") || b.state().equals("loading"));
    }

    private static String recovery(NodeStatus status) {
        String found =
                status.buckets().stream()
                        .filter(b -> !b.recovery().equals("clean"))
                        .map(b -> "bucket " + b.bucketId() + " " + b.recovery())
                        .collect(Collectors.joining("; "));
        return found.isEmpty() ? "clean" : found;
    }

    private static String describe(BucketStatus bucket) {
        return "state="
                + bucket.state()
                + ",segments="
                + bucket.segments()
                + ",open_segment_bytes="
                + bucket.openSegmentLengthBytes()
                + ",syncs="
                + bucket.syncs()
                + ",written_bytes="
                + bucket.writtenBytes()
                + ",queued="
                + bucket.queued()
                + ",recovery="
                + bucket.recovery()
                + (bucket.reason().isEmpty() ? "" : ",reason=" + bucket.reason());
    }
}
