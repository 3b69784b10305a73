using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class ImageSetTests
{
    static ImageSet Numbered(int count, int height = 2, int width = 3)
    {
        byte[] pixels = new byte[count * height * width];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / (height * width));
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
            labels[i] = i;
        return new ImageSet(pixels, labels, new ImageShape(1, height, width));
    }

    [Fact]
    public void Bytes_become_values_from_0_to_1()
    {
        byte[] pixels = new byte[256];
        for (int i = 0; i < 256; i++)
            pixels[i] = (byte)i;
        ImageSet set = new(pixels, [0], new ImageShape(1, 16, 16));
        float[] values = new float[256];
        set.CopyTo(0, values);
        Assert.Equal(0f, values[0]);
        Assert.Equal(1f, values[255]);
        for (int i = 0; i < 256; i++)
            Assert.Equal(i / 255.0, values[i], 1e-7);
    }

    // Lengths around the vector width: whole vectors, remainders, nothing but a remainder.
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(784)]
    public void Normalization_is_the_same_in_vectors_and_remainders(int width)
    {
        byte[] pixels = IdxBytes.Counting(width);
        ImageSet set = new ImageSet(pixels, [0], new ImageShape(1, 1, width)).Normalize(0.1307f, 0.3081f);
        float[] values = new float[width];
        set.CopyTo(0, values);
        float scale = (float)(1 / (255.0 * 0.3081f)), offset = -0.1307f / 0.3081f;
        for (int i = 0; i < width; i++)
        {
            Assert.Equal((pixels[i] / 255.0 - 0.1307) / 0.3081, values[i], 1e-5);
            Assert.Equal(pixels[i] * scale + offset, values[i]);
        }
    }

    [Fact]
    public void Measured_normalization_gives_mean_0_and_deviation_1()
    {
        ImageSet set = Numbered(200);
        (float mean, float deviation) = set.MeasureNormalization();
        ImageSet normalized = set.Normalize(mean, deviation);
        double sum = 0, sumOfSquares = 0;
        float[] values = new float[6];
        for (int i = 0; i < normalized.Count; i++)
        {
            normalized.CopyTo(i, values);
            sum += values.Sum();
            sumOfSquares += values.Sum(v => (double)v * v);
        }

        Assert.Equal(0, sum / 1200, 1e-5);
        Assert.Equal(1, sumOfSquares / 1200, 1e-5);
    }

    [Fact]
    public void Split_divides_without_loss_or_repetition_and_by_seed()
    {
        ImageSet set = Numbered(100);
        (ImageSet training, ImageSet validation) = set.Split(validationCount: 30, seed: 5);
        Assert.Equal((70, 30), (training.Count, validation.Count));
        int[] all = [.. Labels(training), .. Labels(validation)];
        Assert.Equal(Labels(set), all.Order());
        Assert.NotEqual(Labels(set), all);
        Assert.Equal(Labels(validation), Labels(set.Split(30, seed: 5).Validation));
        Assert.NotEqual(Labels(validation), Labels(set.Split(30, seed: 6).Validation));
        Assert.Equal(25, set.Split(0.25, seed: 1).Validation.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Split(101, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Split(-0.5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Split(double.NaN, 0));
    }

    [Fact]
    public void A_subset_of_a_subset_shows_the_right_images()
    {
        ImageSet subset = Numbered(10).Select([9, 3, 5]).Select([2, 0]);
        Assert.Equal([5, 9], Labels(subset));
        Assert.All(subset.Bytes(1).ToArray(), value => Assert.Equal(9, value));
        Assert.Equal(10, subset.ClassCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => subset.Select([2]));
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        ImageShape shape = new(1, 2, 2);
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[7], [1, 2], shape));
        Assert.Throws<ArgumentException>(() => new ImageSet(new byte[8], [1, -2], shape));
        Assert.Throws<ArgumentException>(() => new ImageSet([], [1], default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageShape(0, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageShape(65536, 65536, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(1).Normalize(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(1).Normalize(float.NaN, 1));
    }

    [Theory]
    [InlineData(new[] { 2, 3, 4 }, 1, 3, 4)]
    [InlineData(new[] { 2, 12 }, 1, 1, 12)]
    [InlineData(new[] { 2, 3, 2, 2 }, 3, 2, 2)]
    public void Loads_images_of_every_rank(int[] dimensions, int channels, int height, int width)
    {
        ImageSet set = Load(IdxBytes.Of(8, dimensions, IdxBytes.Counting(24)), IdxBytes.Of(8, [2], [3, 4]));
        Assert.Equal(new ImageShape(channels, height, width), set.Shape);
        Assert.Equal(IdxBytes.Counting(24)[12..], set.Bytes(1).ToArray());
        Assert.Equal([3, 4], Labels(set));
        Assert.Equal(5, set.ClassCount);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        byte[] images = IdxBytes.Of(8, [2, 2, 2], new byte[8]), labels = IdxBytes.Of(8, [2], [1, 2]);
        Refused(images, IdxBytes.Of(8, [3], [1, 2, 3]), "2 images");
        Refused(images, IdxBytes.Of(8, [2, 1], [1, 2]), "1 dimension");
        Refused(images, IdxBytes.Of(9, [2], [1, 0xFF]), "label 1 is -1");
        Refused(images, IdxBytes.Of(0x0D, [2], new byte[8]), "integers");
        Refused(IdxBytes.Of(9, [2, 2, 2], new byte[8]), labels, "unsigned bytes");
        Refused(IdxBytes.Of(8, [8], new byte[8]), labels, "dimensions");
        Refused(IdxBytes.Of(8, [2, 0, 2], []), labels, "no pixels");

        static void Refused(byte[] images, byte[] labels, string reason) =>
            Assert.Contains(reason, Assert.Throws<IdxFormatException>(() => Load(images, labels)).Message);
    }

    [Fact]
    public void A_folder_is_searched_for_plain_and_compressed_files()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Assert.Throws<FileNotFoundException>(() => ImageSet.LoadMnist(folder, "train"));
            File.WriteAllBytes(
                Path.Combine(folder, "train-images-idx3-ubyte.gz"),
                IdxBytes.Gzip(IdxBytes.Of(8, [2, 2, 2], IdxBytes.Counting(8))));
            File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte"), IdxBytes.Of(8, [2], [1, 2]));
            Assert.Equal([1, 2], Labels(ImageSet.LoadMnist(folder, "train")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static ImageSet Load(byte[] images, byte[] labels)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string imagesPath = Path.Combine(folder, "images"), labelsPath = Path.Combine(folder, "labels");
            File.WriteAllBytes(imagesPath, images);
            File.WriteAllBytes(labelsPath, labels);
            return ImageSet.Load(imagesPath, labelsPath);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static int[] Labels(ImageSet set) => [.. Enumerable.Range(0, set.Count).Select(set.Label)];
}
