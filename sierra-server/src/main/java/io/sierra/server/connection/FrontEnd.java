package io.sierra.server.connection;

import io.sierra.cluster.Node;
import io.sierra.server.command.CommandParser;
import io.sierra.server.command.CommandReplies;
import io.sierra.server.command.CommandTable;
import io.sierra.server.info.InfoReport;
import io.sierra.server.info.ServerFacts;
import io.sierra.server.info.ServerMetrics;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections share.
 *
 * @param connections the open ones by id
 * @param subscriptions those of all connections by id
 */
record FrontEnd(
        FrontEndOptions options,
        Node node,
        ServerFacts facts,
        ServerMetrics metrics,
        InfoReport info,
        CommandParser parser,
        Arities arities,
        CommandReplies commandReplies,
        ReaderPool readers,
        MemoryBudget memory,
        Map<Long, ClientConnection> connections,
        Map<UUID, ClientSubscription> subscriptions,
        AtomicLong lastConnectionId) {

    FrontEnd(
            FrontEndOptions options,
            Node node,
            ServerFacts facts,
            ServerMetrics metrics,
            CommandTable commands,
            ReaderPool readers) {
        this(
                options,
                node,
                facts,
                metrics,
                new InfoReport(facts, metrics, node),
                new CommandParser(options.strictVersioning()),
                new Arities(commands),
                new CommandReplies(commands),
                readers,
                new MemoryBudget(options.memoryBytes()),
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>(),
                new AtomicLong());
    }
}
