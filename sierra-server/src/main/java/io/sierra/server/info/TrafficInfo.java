package io.sierra.server.info;

import io.sierra.cluster.Node;
import java.util.Locale;

/**
 * Sections about what clients did: {@code Clients}, {@code Stats}, {@code Commandstats}, {@code
 * Latencystats} and {@code Errorstats}.
 */
final class TrafficInfo {
    private static final double NANOS_PER_MICRO = 1000.0;

    private final ServerFacts facts;
    private final ServerMetrics metrics;
    private final Node node;

    TrafficInfo(ServerFacts facts, ServerMetrics metrics, Node node) {
        this.facts = facts;
        this.metrics = metrics;
        this.node = node;
    }

    void clients(InfoWriter out) {
        out.field("connected_clients", metrics.connected());
        out.field("maxclients", facts.maxConnections());
        out.field("blocked_clients", node.subscriptions().waitingPolls());
        out.field("subscriptions", node.subscriptions().count());
    }

    void stats(InfoWriter out) {
        out.field("total_connections_received", metrics.accepted());
        out.field("total_commands_processed", metrics.commands());
        out.field("instantaneous_ops_per_sec", metrics.commandsPerSecond());
        out.field("total_net_input_bytes", metrics.inputBytes());
        out.field("total_net_output_bytes", metrics.outputBytes());
        out.field("rejected_connections", metrics.refused());
        out.field("expired_keys", 0);
        out.field("evicted_keys", 0);
        out.field("keyspace_hits", 0);
        out.field("keyspace_misses", 0);
        out.field("pubsub_channels", metrics.channels().count());
        out.field("pubsub_patterns", metrics.patterns().count());
        out.field(
                "total_error_replies",
                metrics.errors().values().stream().mapToLong(Long::longValue).sum());
    }

    void commandStats(InfoWriter out) {
        metrics.commandTotals()
                .forEach((name, totals) -> out.field("cmdstat_" + name, statistics(totals)));
    }

    void latencyStats(InfoWriter out) {
        metrics.commandTotals()
                .forEach((name, totals) ->
                        out.field(
                                "latency_percentiles_usec_" + name, percentiles(totals.latencies)));
    }

    void errorStats(InfoWriter out) {
        metrics.errors().forEach((code, count) -> out.field("errorstat_" + code, "count=" + count));
    }

    private static String statistics(CommandMetrics.Totals totals) {
        double micros = totals.nanos / NANOS_PER_MICRO;
        return String.format(
                Locale.ROOT,
                "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                totals.calls,
                (long) micros,
                totals.calls == 0 ? 0.0 : micros / totals.calls,
                totals.rejected,
                totals.failed);
    }

    private static String percentiles(long[] latencies) {
        return String.format(
                Locale.ROOT,
                "p50=%.3f,p99=%.3f,p99.9=%.3f",
                LatencyHistogram.percentileNanos(latencies, 0.5) / NANOS_PER_MICRO,
                LatencyHistogram.percentileNanos(latencies, 0.99) / NANOS_PER_MICRO,
                LatencyHistogram.percentileNanos(latencies, 0.999) / NANOS_PER_MICRO);
    }
}
