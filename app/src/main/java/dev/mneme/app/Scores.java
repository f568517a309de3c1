package dev.mneme.app;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** The scores of one text, filled in as logits come. */
final class Scores {
    private final int[] ids;
    private final int top;
    private final double[] nll;
    private double logSumExp;
    private float[] last = new float[0];

    Scores(int[] ids, int top) {
        this.ids = ids;
        this.top = top;
        this.nll = new double[ids.length - 1];
    }

    /** Takes the logits after the token at {@code position}. */
    void take(int position, float[] logits) {
        double sum = logSumExp(logits);
        if (position < nll.length) {
            nll[position] = sum - logits[ids[position + 1]];
        } else {
            logSumExp = sum;
            last = logits.clone();
        }
    }

    String json() {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeFieldName("nll");
            json.writeArray(nll, 0, nll.length);
            json.writeNumberField("logsumexp", logSumExp);
            json.writeArrayFieldStart("top");
            for (int id : highest()) {
                json.writeStartArray();
                json.writeNumber(id);
                json.writeNumber(last[id]);
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeStringField("sha256", sha256());
            json.writeEndObject();
        });
    }

    /** In float64, shifted by the highest logit so that nothing overflows. */
    private static double logSumExp(float[] logits) {
        float highest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - highest);
        }
        return highest + Math.log(sum);
    }

    private List<Integer> highest() {
        return IntStream.range(0, last.length).boxed()
                .sorted(Comparator.comparingDouble((Integer id) -> -last[id]).thenComparing(id -> id))
                .limit(top)
                .toList();
    }

    private String sha256() {
        ByteBuffer bytes = ByteBuffer.allocate(last.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float logit : last) {
            bytes.putFloat(logit);
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
