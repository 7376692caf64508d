package io.sierra.server.info;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.FakeNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InfoReportTest {
    private final FakeNode node = new FakeNode();
    private final ServerMetrics metrics = new ServerMetrics(List.of("ping", "eappend"), 2);
    private final InfoReport report =
            new InfoReport(ServerFacts.ofStart(() -> 9090, 100, "nio"), metrics, node);

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void text_noName_hasTheFieldsThatToolsLookFor() {
        assertThat(report.text(List.of()))
                .startsWith("# Server\r\nredis_version:7.2.4\r\n")
                .contains("\r\n\r\n# Clients\r\nconnected_clients:0\r\nmaxclients:100\r\n")
                .contains("tcp_port:9090\r\n", "redis_mode:standalone\r\n")
                .containsPattern("run_id:[0-9a-f]{40}\r\n")
                .contains("\r\nloading:0\r\n", "\r\nsync_policy:always\r\n")
                .contains("\r\nrole:master\r\n", "\r\ncluster_enabled:0\r\n")
                .contains("\r\nbucket_3:state=writable,segments=1,")
                .doesNotContain("# Commandstats", "# Partitions");
    }

    /** redis-cli --stat takes the first place where the name occurs. */
    @Test
    void text_noName_namesThatAreSearchedForOccurFirstAsFields() {
        String text = report.text(List.of());

        for (String name :
                List.of(
                        "used_memory",
                        "connected_clients",
                        "blocked_clients",
                        "total_commands_processed",
                        "total_connections_received",
                        "loading")) {
            assertThat(text.substring(text.indexOf(name))).startsWith(name + ":");
            assertThat(text.charAt(text.indexOf(name) - 1)).isEqualTo('\n');
        }
    }

    @Test
    void text_names_selectSectionsInAnyCase() {
        assertThat(report.text(List.of("CLUSTER", "nosuch")))
                .isEqualTo("# Cluster\r\ncluster_enabled:0\r\n");
        assertThat(report.text(List.of("nosuch"))).isEmpty();
        assertThat(report.text(List.of("all"))).contains("# Partitions\r\npartition_0:events=0");
    }

    @Test
    void text_commandStats_sumUpTheLoops() {
        metrics.loop(0).onFinished(0, 1_000, false);
        metrics.loop(1).onFinished(0, 3_000, true);
        metrics.loop(1).onRejected(0);

        assertThat(report.text(List.of("commandstats")).lines())
                .containsExactly(
                        "# Commandstats",
                        "cmdstat_ping:calls=2,usec=4,usec_per_call=2.00,"
                                + "rejected_calls=1,failed_calls=1");
        assertThat(report.text(List.of("latencystats")))
                .contains("latency_percentiles_usec_ping:p50=1.0");
    }

    @Test
    void text_errorStats_countByCode() {
        metrics.onError("WRONGVER current stream version is 1");
        metrics.onError("WRONGVER current stream version is 2");
        metrics.onError("TIMEOUT");

        assertThat(report.text(List.of("errorstats")).lines())
                .containsExactly(
                        "# Errorstats", "errorstat_TIMEOUT:count=1", "errorstat_WRONGVER:count=2");
    }

    @Test
    void tryConnect_atTheLimit_refusesAndCounts() {
        assertThat(metrics.tryConnect(1)).isTrue();
        assertThat(metrics.tryConnect(1)).isFalse();
        metrics.onDisconnected();
        assertThat(metrics.tryConnect(1)).isTrue();

        assertThat(report.text(List.of("stats")))
                .contains("total_connections_received:3\r\n", "rejected_connections:1\r\n");
    }
}
