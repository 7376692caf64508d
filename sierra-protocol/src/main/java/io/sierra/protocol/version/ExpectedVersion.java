package io.sierra.protocol.version;

/** What a writer expects of a stream before his event. */
public sealed interface ExpectedVersion {
    /** No expectation. */
    record Any() implements ExpectedVersion {
        @Override
        public String toString() {
            return "any";
        }
    }

    /** The stream has at least one event. */
    record Exists() implements ExpectedVersion {
        @Override
        public String toString() {
            return "exists";
        }
    }

    /** The stream has no event. */
    record Empty() implements ExpectedVersion {
        @Override
        public String toString() {
            return "empty";
        }
    }

    /** The stream's last event has exactly this version; u64. */
    record Exactly(long streamVersion) implements ExpectedVersion {
        @Override
        public String toString() {
            return Long.toUnsignedString(streamVersion);
        }
    }

    /** Whether a stream that stands at {@code current} meets this expectation. */
    default boolean isMetBy(CurrentVersion current) {
        return switch (this) {
            case Any _ -> true;
            case Exists _ -> !current.isEmpty();
            case Empty _ -> current.isEmpty();
            case Exactly(long streamVersion) ->
                    !current.isEmpty() && current.streamVersion() == streamVersion;
        };
    }
}
