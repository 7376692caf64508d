package io.sierra.server.connection;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands that the server carries out, found by their name without an object being made. */
enum CommandName {
    EAPPEND,
    EMAPPEND,
    EGET,
    ESCAN,
    ESVER,
    EPSCAN,
    EPSEQ,
    ESUB,
    EPSUB,
    EACK,
    EUNSUB,
    SUBSCRIBE,
    UNSUBSCRIBE,
    PSUBSCRIBE,
    PUNSUBSCRIBE,
    EREAD,
    EPREAD,
    PING,
    ECHO,
    HELLO,
    AUTH,
    QUIT,
    RESET,
    SELECT,
    CLIENT,
    INFO,
    COMMAND,
    CONFIG,
    CLUSTER,
    READONLY,
    READWRITE,
    ASKING,
    ROLE,
    DBSIZE,
    TIME,
    ACL,
    SLOWLOG,
    LATENCY,
    MODULE,
    EXISTS,
    GET;

    private static final int TABLE_LENGTH = 256;
    private static final @Nullable CommandName[] TABLE = new CommandName[TABLE_LENGTH];

    static {
        for (CommandName name : values()) {
            int slot = slotOf(name.name().getBytes(StandardCharsets.US_ASCII));
            while (TABLE[slot] != null) {
                slot = next(slot);
            }
            TABLE[slot] = name;
        }
    }

    /** The command of this name, letters in any case; null if there is none. */
    static @Nullable CommandName find(byte[] name) {
        int slot = slotOf(name);
        CommandName candidate = TABLE[slot];
        while (candidate != null && !candidate.isSpelled(name)) {
            slot = next(slot);
            candidate = TABLE[slot];
        }
        return candidate;
    }

    /** All names in lower case, each at its {@link #index}. */
    static List<String> lowerCaseNames() {
        return Arrays.stream(values()).map(CommandName::lowerCase).toList();
    }

    /** Position among the names: counters are laid out by it while the server runs. */
    @SuppressWarnings("EnumOrdinal")
    int index() {
        return ordinal();
    }

    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    private boolean isSpelled(byte[] name) {
        String upperCase = name();
        if (name.length != upperCase.length()) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (upper(name[i]) != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int slotOf(byte[] name) {
        int hash = name.length;
        for (byte letter : name) {
            hash = 31 * hash + upper(letter);
        }
        return (hash ^ (hash >>> 8)) & (TABLE_LENGTH - 1);
    }

    private static int next(int slot) {
        return (slot + 1) & (TABLE_LENGTH - 1);
    }

    private static int upper(byte letter) {
        return letter >= 'a' && letter <= 'z' ? letter - ('a' - 'A') : letter;
    }
}
