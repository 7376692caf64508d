package io.sierra.server.testing;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.FileDevice;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** A directory in which files of some names are not created before a gate is open. */
public final class HeldDevice {
    private HeldDevice() {}

    /** Holds up whoever wants to create a file whose path contains this. */
    public static Device open(Path directory, String pathPart, Gate gate) throws IOException {
        Device device = FileDevice.open(directory);
        return (Device)
                Proxy.newProxyInstance(
                        Device.class.getClassLoader(),
                        new Class<?>[] {Device.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("create")
                                    && arguments[0].toString().contains(pathPart)) {
                                gate.pass();
                            }
                            return call(device, method, arguments);
                        });
    }

    private static Object call(Device device, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(device, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
