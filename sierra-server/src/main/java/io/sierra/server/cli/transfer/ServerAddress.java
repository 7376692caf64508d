package io.sierra.server.cli.transfer;

import io.sierra.server.config.HostAndPort;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the address of a server off the command line. */
final class ServerAddress implements ITypeConverter<HostAndPort> {
    static final HostAndPort DEFAULT = new HostAndPort("127.0.0.1", 9090);

    @Override
    public HostAndPort convert(String value) {
        try {
            return HostAndPort.parse(value);
        } catch (IllegalArgumentException _) {
            throw new TypeConversionException("'" + value + "' is not an address like " + DEFAULT);
        }
    }
}
