package io.sierra.server.resp;

/** What an element of a request was on the wire. Ordinary clients send bulk strings only. */
public enum ArgumentKind {
    /** {@code $}, or a word of an inline command. */
    BULK("string"),
    /** {@code +}. */
    SIMPLE("string"),
    /** {@code =} with the format {@code txt}. */
    VERBATIM("string"),
    /** {@code =} with another format, which no argument accepts. */
    OTHER_VERBATIM("string"),
    /** {@code :}, checked to fit 64 signed bits. */
    NUMBER("number"),
    /** <code>(</code>, not checked. */
    BIG_NUMBER("number"),
    /** {@code _}. */
    NULL("null"),
    /** {@code #}. */
    BOOLEAN("boolean"),
    /** {@code ,}. */
    DOUBLE("double"),
    /** {@code *} inside a request; its elements are dropped. */
    ARRAY("array"),
    /** {@code %}; its entries are dropped. */
    MAP("map"),
    /** {@code ~}; its elements are dropped. */
    SET("set"),
    /** {@code >}; its elements are dropped. */
    PUSH("push"),
    /** {@code -} or {@code !}. */
    ERROR("error");

    private final String label;

    ArgumentKind(String label) {
        this.label = label;
    }

    /** The word for it in {@code INVALIDARG unexpected <word>: expected …}. */
    public String label() {
        return label;
    }

    /** Whether it can be a string, a keyword or data. */
    public boolean isText() {
        return this == BULK || this == SIMPLE || this == VERBATIM;
    }

    /** Whether it can be a number; text can be one as well. */
    public boolean isNumeric() {
        return this == NUMBER || this == BIG_NUMBER;
    }

    /** Whether a request can be named by it. */
    public boolean canBeName() {
        return isText() || this == BIG_NUMBER;
    }
}
