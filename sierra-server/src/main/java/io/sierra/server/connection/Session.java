package io.sierra.server.connection;

import io.sierra.server.resp.RespVersion;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a client has said about itself. {@code CLIENT LIST} on other event loops reads it too. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class Session {
    private static final String RUST_LIBRARY = "redis-rs";

    private final DefaultProtocol defaultProtocol;
    private final long id;
    private final long startedAtNanos = System.nanoTime();
    private boolean negotiated;
    @Published private volatile RespVersion version;
    @Published private volatile String name = "";
    @Published private volatile String libraryName = "";
    @Published private volatile String libraryVersion = "";
    @Published private volatile @Nullable CommandName lastCommand;
    @Published private volatile long activeAtNanos = startedAtNanos;
    @Published private volatile int channels;
    @Published private volatile int patterns;

    Session(long id, DefaultProtocol defaultProtocol) {
        this.id = id;
        this.defaultProtocol = defaultProtocol;
        this.version = initialVersion();
    }

    /** Counts from 1, never used twice. */
    long id() {
        return id;
    }

    RespVersion version() {
        return version;
    }

    /** The client has said HELLO with a version. */
    void negotiate(RespVersion wanted) {
        negotiated = true;
        version = wanted;
    }

    String name() {
        return name;
    }

    void name(String newName) {
        name = newName;
    }

    String libraryName() {
        return libraryName;
    }

    /** SierraDB's Rust client is used without HELLO and needs maps all the same. */
    void libraryName(String newName) {
        libraryName = newName;
        if (!negotiated
                && defaultProtocol == DefaultProtocol.AUTO
                && newName.equals(RUST_LIBRARY)) {
            version = RespVersion.RESP3;
        }
    }

    String libraryVersion() {
        return libraryVersion;
    }

    void libraryVersion(String newVersion) {
        libraryVersion = newVersion;
    }

    String lastCommand() {
        CommandName last = lastCommand;
        return last == null ? "NULL" : last.lowerCase();
    }

    void onActive(long nowNanos) {
        activeAtNanos = nowNanos;
    }

    void onCommand(CommandName command) {
        lastCommand = command;
    }

    /** The client listens to so many now. */
    void listensTo(int newChannels, int newPatterns) {
        channels = newChannels;
        patterns = newPatterns;
    }

    /** Whether the client has channels or patterns. */
    boolean listens() {
        return channels + patterns > 0;
    }

    int channels() {
        return channels;
    }

    int patterns() {
        return patterns;
    }

    long ageSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAtNanos);
    }

    long idleSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - activeAtNanos);
    }

    /** RESET. */
    void reset() {
        name = "";
        negotiated = false;
        version = RespVersion.RESP2;
    }

    private RespVersion initialVersion() {
        return switch (defaultProtocol) {
            case AUTO, RESP2 -> RespVersion.RESP2;
            case RESP3 -> RespVersion.RESP3;
        };
    }
}
