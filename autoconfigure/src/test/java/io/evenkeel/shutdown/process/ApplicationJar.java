// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@link DrainedApplication} as a file for {@code java -jar}: the classes of this project, and a manifest that names those
 * libraries of the tests that such an application has.
 */
final class ApplicationJar {

    /** Each of them makes the start longer. */
    private static final Pattern NOT_NEEDED = Pattern.compile("accessors|activation|actuator|apiguardian|archunit|asm-"
            + "|assertj|awaitility|byte-buddy|context-propagation|core-test|embed-el|hamcrest|HdrHistogram|http-codec|jackson"
            + "|jakarta9|jmh|jopt|json|junit|math3|metrics|micrometer-core|mockito|netty|objenesis|opentest4j|prometheus|qdox"
            + "|reactor|resttest|snakeyaml|spring-boot-health|spring-boot-micrometer|spring-boot-[^/]*test|spring-test|webflux"
            + "|webmvc|websocket|xml.bind|xmlunit");

    private ApplicationJar() {}

    /**
     * @param file to write
     * @param server the only web server of the application
     */
    static void create(Path file, Server server) {
        List<Path> classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest(file, classPath, server))) {
            for (Path directory : classPath.stream().filter(Files::isDirectory).toList()) {
                addAll(directory, jar);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static Manifest manifest(Path file, List<Path> classPath, Server server) {
        // The JVM archives the classes of relative entries only.
        String root = "../".repeat(file.toAbsolutePath().getNameCount() - 1);
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, DrainedApplication.class.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH,
                classPath.stream()
                        .filter(path -> path.toString().endsWith(".jar"))
                        .filter(path -> isNeeded(path.getFileName().toString(), server))
                        .map(path -> root + path.toUri().getRawPath().substring(1))
                        .collect(Collectors.joining(" ")));
        return manifest;
    }

    private static boolean isNeeded(String library, Server server) {
        String other = (server == Server.JETTY) ? "tomcat" : "jetty";
        return !NOT_NEEDED.matcher(library).find() && !library.contains(other);
    }

    private static void addAll(Path directory, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = directory.relativize(file).toString().replace(File.separatorChar, '/');
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    jar.putNextEntry(new JarEntry(name));
                    Files.copy(file, jar);
                    jar.closeEntry();
                }
            }
        }
    }
}
