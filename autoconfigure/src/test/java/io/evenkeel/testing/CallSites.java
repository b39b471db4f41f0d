// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.net.URL;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Makes any call that the main code of a package makes throw an {@code Error}: of its own methods, of constructors, of
 * HttpClient and of the JDK alike, as happens where memory or stack end, or a class cannot be loaded. While it is open, the
 * classes have a hook in front of each of their calls. The one exception is the release of a lock: the JDK reserves stack
 * for that, and it allocates nothing.
 *
 * <p>For one test at a time.
 */
public final class CallSites implements AutoCloseable {

    /** What is thrown. */
    public static final class Thrown extends Error {

        private static final long serialVersionUID = 1L;

        private Thrown(int site) {
            super("thrown instead of call " + site);
        }
    }

    /** The one fuse that burns. A hook in foreign code can reach nothing but what is static. */
    private static volatile @Nullable Fuse burning;

    private final Instrumentation instrumentation = ByteBuddyAgent.install();
    private final ClassFileTransformer transformer = new Hooks();
    private final Set<String> packages;
    private final List<Class<?>> hooked = new ArrayList<>();

    private CallSites(Set<String> packages) {
        this.packages = packages;
    }

    /**
     * Sets the hooks.
     *
     * @param packages the names of the packages whose main code gets them, with all below
     */
    public static CallSites hookedIn(String... packages) throws UnmodifiableClassException {
        CallSites sites = new CallSites(Set.of(packages));
        sites.instrumentation.addTransformer(sites.transformer, true);
        for (Class<?> loaded : sites.instrumentation.getAllLoadedClasses()) {
            if (sites.concerns(loaded)) {
                sites.hooked.add(loaded);
            }
        }
        sites.instrumentation.retransformClasses(sites.hooked.toArray(Class<?>[]::new));
        return sites;
    }

    private boolean concerns(Class<?> type) {
        return this.instrumentation.isModifiableClass(type)
                && isBelow(type.getPackageName())
                && isMain(type.getProtectionDomain());
    }

    private boolean isBelow(String name) {
        return this.packages.stream().anyMatch(each -> name.equals(each) || name.startsWith(each + "."));
    }

    private static boolean isMain(@Nullable ProtectionDomain domain) {
        URL test = CallSites.class.getProtectionDomain().getCodeSource().getLocation();
        return domain != null
                && domain.getCodeSource() != null
                && !test.equals(domain.getCodeSource().getLocation());
    }

    @Override
    public void close() throws UnmodifiableClassException {
        burning = null;
        this.instrumentation.removeTransformer(this.transformer);
        for (Class<?> loaded : this.instrumentation.getAllLoadedClasses()) {
            if (concerns(loaded) && !this.hooked.contains(loaded)) {
                this.hooked.add(loaded);
            }
        }
        this.instrumentation.retransformClasses(this.hooked.toArray(Class<?>[]::new));
    }

    /**
     * Throws once, in place of a call that a thread makes.
     *
     * @param thread the thread
     * @param site how many calls come before it, from now on
     */
    public Fuse light(Thread thread, int site) {
        Fuse fuse = new Fuse(thread, site);
        burning = fuse;
        return fuse;
    }

    /** Called before each call. Not for tests. */
    public static void reached() {
        Fuse fuse = burning;
        if (fuse != null && Thread.currentThread() == fuse.thread) {
            fuse.reached();
        }
    }

    /** Throws once. */
    public static final class Fuse {

        private final Thread thread;
        private final int site;
        private int reached;
        private volatile @Nullable Thrown thrown;

        private Fuse(Thread thread, int site) {
            this.thread = thread;
            this.site = site;
        }

        private void reached() {
            if (this.thrown == null && this.reached++ == this.site) {
                Thrown now = new Thrown(this.site);
                this.thrown = now;
                throw now;
            }
        }

        /** Ends it, whether or not it got so far. */
        public void putOut() {
            burning = null;
        }

        /** {@return what was thrown, null if the thread made fewer calls} */
        public @Nullable Thrown thrown() {
            return this.thrown;
        }
    }

    private final class Hooks implements ClassFileTransformer {

        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                String name,
                @Nullable Class<?> type,
                ProtectionDomain domain,
                byte[] bytes) {
            int end = name.lastIndexOf('/');
            if (end < 0 || !isBelow(name.substring(0, end).replace('/', '.')) || !isMain(domain)) {
                return null;
            }
            ClassReader reader = new ClassReader(bytes);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(new HookedClass(writer), 0);
            return writer.toByteArray();
        }
    }

    private static final class HookedClass extends ClassVisitor {

        HookedClass(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return name.equals("<clinit>") ? next : new HookedMethod(next);
        }
    }

    private static final class HookedMethod extends MethodVisitor {

        HookedMethod(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void hook() {
            super.visitMethodInsn(
                    Opcodes.INVOKESTATIC, CallSites.class.getName().replace('.', '/'), "reached", "()V", false);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (!name.equals("unlock") && !name.startsWith("$jacoco")) {
                hook();
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            hook();
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }
    }
}
