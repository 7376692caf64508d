package io.sierra.server.cli.tool;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {
    /** The SierraDB whose wire protocol this server speaks. */
    static final String WIRE = "0.3.1";

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "sierradb " + (version == null ? "(not packaged)" : version),
            "wire-compatible with SierraDB " + WIRE
        };
    }
}
