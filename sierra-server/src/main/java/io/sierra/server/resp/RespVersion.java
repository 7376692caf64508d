package io.sierra.server.resp;

/** Version of the Redis protocol that a connection gets its replies in. */
public enum RespVersion {
    /** No maps, booleans, doubles or pushes; a map is a flat array. */
    RESP2(2),
    /** What {@code HELLO 3} switches to. */
    RESP3(3);

    private final int number;

    RespVersion(int number) {
        this.number = number;
    }

    /** 2 or 3, as in {@code HELLO} and its reply. */
    public int number() {
        return number;
    }
}
