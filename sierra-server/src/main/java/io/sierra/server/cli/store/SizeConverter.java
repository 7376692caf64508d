package io.sierra.server.cli.store;

import io.sierra.server.config.ByteSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes on the command line, written as in the configuration; at least 1. */
final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            long bytes = ByteSize.parse(text);
            if (bytes > 0) {
                return bytes;
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw new TypeConversionException(
                "'" + text + "' must be a size from 1 on, in bytes or like \"64KB\", \"50MB\"");
    }
}
