package io.sierra.server.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An argument of a command, in the terms of {@code COMMAND DOCS}.
 *
 * @param name of the value or of the group
 * @param type {@code string integer double key pattern unix-time pure-token oneof block}
 * @param token the word before the value, null if there is none
 * @param flags of {@code optional multiple multiple_token}
 * @param arguments of a {@code oneof} or a {@code block}, else empty
 */
public record ArgumentSpec(
        String name,
        String type,
        @Nullable String token,
        List<String> flags,
        List<ArgumentSpec> arguments) {}
