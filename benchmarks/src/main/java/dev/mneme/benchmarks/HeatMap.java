package dev.mneme.benchmarks;

import dev.mneme.benchmarks.Scores.Cell;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/**
 * Quality over length (to the right) and depth (downwards) of one task and arm: green is best, red worst, white was not
 * asked. Drawn pixel by pixel with a lettering of its own, so that it needs no fonts of the system.
 */
final class HeatMap {
    private static final int CELL_WIDTH = 72;
    private static final int CELL_HEIGHT = 48;
    private static final int MARGIN = 56;
    private static final int DOT = 2;
    private static final int WHITE = 0xffffff;
    private static final int BLACK = 0x202020;
    private static final String LETTERS = "0123456789.KM-";
    /** Three dots wide, five high, row after row from the top. */
    private static final String[] GLYPHS = {
        "111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001", "111100111001111",
        "111100111101111", "111001010010010", "111101111101111", "111101111001111", "000000000000010", "101110100110101",
        "101111111101101", "000000111000000"
    };

    private final BufferedImage image;

    private HeatMap(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        fill(0, 0, width, height, WHITE);
    }

    /** Draws the cells of one task and arm. */
    static void write(Path png, Measure measure, Map<Cell, List<Score>> cells) throws IOException {
        List<Integer> lengths = List.copyOf(new TreeSet<>(cells.keySet().stream().map(Cell::length).toList()));
        List<Double> depths = List.copyOf(new TreeSet<>(cells.keySet().stream().map(Cell::depth).toList()));
        HeatMap map = new HeatMap(MARGIN + lengths.size() * CELL_WIDTH, MARGIN + depths.size() * CELL_HEIGHT);
        for (int column = 0; column < lengths.size(); column++) {
            map.text(length(lengths.get(column)), MARGIN + column * CELL_WIDTH + 8, MARGIN / 2);
        }
        for (int row = 0; row < depths.size(); row++) {
            map.text(Scores.depth(depths.get(row)), 8, MARGIN + row * CELL_HEIGHT + CELL_HEIGHT / 2 - 5);
        }
        cells.forEach((cell, scores) -> {
            double mean = Scores.values(scores).getAverage();
            int x = MARGIN + lengths.indexOf(cell.length()) * CELL_WIDTH;
            int y = MARGIN + depths.indexOf(cell.depth()) * CELL_HEIGHT;
            map.fill(x + 1, y + 1, CELL_WIDTH - 2, CELL_HEIGHT - 2, colour(measure.quality(mean)));
            map.text(String.format(Locale.ROOT, "%.2f", mean), x + 16, y + CELL_HEIGHT / 2 - 5);
        });
        ImageIO.write(map.image, "png", png.toFile());
    }

    /** From red over yellow to green, light enough for dark figures. */
    private static int colour(double quality) {
        int red = (int) Math.round(quality < 0.5 ? 240 : 240 - (quality - 0.5) * 2 * 140);
        int green = (int) Math.round(quality < 0.5 ? 110 + quality * 2 * 110 : 220);
        return red << 16 | green << 8 | 110;
    }

    private static String length(int tokens) {
        if (tokens % (1 << 20) == 0) {
            return (tokens >> 20) + "M";
        }
        return tokens % 1_024 == 0 ? tokens / 1_024 + "K" : String.valueOf(tokens);
    }

    private void fill(int x, int y, int width, int height, int colour) {
        for (int row = y; row < y + height; row++) {
            for (int column = x; column < x + width; column++) {
                image.setRGB(column, row, colour);
            }
        }
    }

    private void text(String text, int x, int y) {
        for (int i = 0; i < text.length(); i++) {
            String glyph = GLYPHS[LETTERS.indexOf(text.charAt(i))];
            for (int dot = 0; dot < glyph.length(); dot++) {
                if (glyph.charAt(dot) == '1') {
                    fill(x + (i * 4 + dot % 3) * DOT, y + dot / 3 * DOT, DOT, DOT, BLACK);
                }
            }
        }
    }
}
