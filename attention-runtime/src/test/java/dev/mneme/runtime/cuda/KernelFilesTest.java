package dev.mneme.runtime.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PTX that is checked in is that of the sources, and compiles to machine code that keeps its numbers in registers. */
class KernelFilesTest {
    static final List<String> KERNELS = List.of("attention", "matmul", "rows", "seal");
    private static final List<String> HEADERS = List.of("kv", "numerics", "weights");

    private static final Pattern COMPILED = Pattern.compile("Compiling entry function '(\\w+)' for '(\\w+)'");
    private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");

    @ParameterizedTest
    @FieldSource("KERNELS")
    void thePtxIsThatOfTheSource(String name) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (String header : HEADERS) {
            sha256.update(read(header + ".cuh"));
        }
        sha256.update(read(name + ".cu"));
        assertThat(text(name + ".ptx").lines().findFirst().orElseThrow())
                .as("%s.cu or a header was changed: run cuda/build", name)
                .endsWith(": " + HexFormat.of().formatHex(sha256.digest()));
    }

    /** A multiplication and an addition that the compiler may fuse would have another result. */
    @ParameterizedTest
    @FieldSource("KERNELS")
    void everyOperationRoundsOnce(String name) {
        assertThat(text(name + ".ptx").lines().filter(line -> line.matches("\\s*(add|sub|mul|mad|div|sqrt)\\.(f32|f64|approx.*|full.*|ftz.*) .*")))
                .isEmpty();
    }

    /** The table is what the compiler said when the kernels were last changed; more registers mean fewer threads at work. */
    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90"})
    void everyKernelCompilesAsTheTableSays(String architecture) {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "JCuda's PTX compiler is there for Linux on x86-64");
        Map<String, String> found = new TreeMap<>();
        KERNELS.forEach(name -> compile(name, architecture, found));
        String table = text("registers-" + architecture + ".txt");
        assertThat(String.join("\n", found.values()) + "\n").isEqualTo(table);
    }

    private static void compile(String name, String architecture, Map<String, String> found) {
        byte[] ptx = text(name + ".ptx").getBytes(StandardCharsets.UTF_8);
        nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
        JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, ptx);
        String[] options = {"--gpu-name=" + architecture, "--verbose"};
        int result = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
        assertThat(result).as("%s for %s", name, architecture).isEqualTo(nvPTXCompileResult.NVPTXCOMPILE_SUCCESS);
        long[] size = new long[1];
        JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size);
        byte[] log = new byte[Math.toIntExact(size[0]) + 1];
        JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log);
        JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
        read(new String(log, StandardCharsets.UTF_8), found);
    }

    private static void read(String log, Map<String, String> found) {
        String kernel = "";
        int spilled = 0;
        for (String line : log.lines().toList()) {
            Matcher compiled = COMPILED.matcher(line);
            Matcher spills = SPILLS.matcher(line);
            Matcher registers = REGISTERS.matcher(line);
            if (compiled.find()) {
                kernel = compiled.group(1);
            } else if (spills.find()) {
                spilled = Integer.parseInt(spills.group(1)) + Integer.parseInt(spills.group(2));
            } else if (registers.find()) {
                found.put(kernel, kernel + " " + registers.group(1) + " registers, " + spilled + " bytes spilled");
            }
        }
    }

    private static String text(String file) {
        return new String(read(file), StandardCharsets.UTF_8);
    }

    private static byte[] read(String file) {
        try (InputStream resource = KernelFilesTest.class.getResourceAsStream(file)) {
            if (resource == null) {
                throw new AssertionError(file + " is not there");
            }
            return resource.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
