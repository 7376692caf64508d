package io.sierra.server.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server is told on the command line. One list for {@link ServerArguments}, which reads
 * them, and for picocli, which explains them.
 */
enum ServerFlag {
    DIR("dir", "PATH", "Where the data is.", "-d", "--dir"),
    CLIENT_ADDRESS(
            "network.client_address",
            "IP:PORT",
            "Where clients connect; 0.0.0.0:9090 if not set.",
            "--client-address"),
    CLUSTER_ADDRESS(
            "network.cluster_address",
            "ADDRESS",
            "Accepted, not used: there are no other nodes in this version.",
            "--cluster-address"),
    CONFIG(
            null,
            "FILE",
            "The configuration file (.toml, .json, .yaml); else sierra.toml in the working"
                    + " directory or in ~/.config/sierradb.",
            "-c",
            "--config"),
    LOG(
            null,
            "LEVEL|TARGET=LEVEL,...",
            "How much to log: error, warn, info, debug, trace or off, for all or for targets such"
                    + " as io.netty=debug.",
            "-l",
            "--log"),
    NODE_COUNT(
            "node.count",
            "N",
            "Nodes of the cluster; only 1 in this version.",
            "-n",
            "--node-count"),
    NODE_INDEX("node.index", "I", "Which of them this one is, from 0.", "-i", "--node-index"),
    MDNS(
            "network.mdns",
            "true|false",
            "Accepted, not used: there are no other nodes in this version.",
            "--mdns");

    private static final Map<String, ServerFlag> BY_NAME =
            Stream.of(values())
                    .flatMap(flag -> flag.names.stream().map(name -> Map.entry(name, flag)))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    private final @Nullable String setting;
    private final String valueLabel;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> names;

    ServerFlag(@Nullable String setting, String valueLabel, String description, String... names) {
        this.setting = setting;
        this.valueLabel = valueLabel;
        this.description = description;
        this.names = List.of(names);
    }

    /** The flag with this name, dashes included; null if there is none. */
    static @Nullable ServerFlag named(String name) {
        return BY_NAME.get(name);
    }

    /** Key of the setting that it sets; null if it is none of the settings. */
    @Nullable String setting() {
        return setting;
    }

    /** What help calls its value. */
    String valueLabel() {
        return valueLabel;
    }

    /** What help says of it. */
    String description() {
        return description;
    }

    /** What it is called on the command line. */
    List<String> names() {
        return names;
    }
}
