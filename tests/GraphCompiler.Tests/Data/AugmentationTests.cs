using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class AugmentationTests
{
    // Byte (c, y, x) of the only image; no byte is the fill.
    static ImageSet One(int channels, int height, int width)
    {
        byte[] pixels = new byte[channels * height * width];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i + 1);
        return new ImageSet(pixels, [0], new ImageShape(channels, height, width));
    }

    [Theory]
    [InlineData(1, 5, 4, 5, 4, 2)]
    [InlineData(2, 5, 4, 3, 2, 0)]
    [InlineData(1, 3, 6, 4, 7, 1)]
    [InlineData(3, 4, 4, 2, 2, 3)]
    [InlineData(1, 1, 9, 1, 9, 0)]
    [InlineData(2, 5, 3, 2, 3, 1)]
    [InlineData(1, 2, 3, 2, 3, 5)]
    [InlineData(1, 3, 2, 1, 1, 4)]
    public void A_crop_is_a_window_of_the_padded_image_and_every_window_comes(
        int channels, int height, int width, int cropHeight, int cropWidth, int padding)
    {
        const byte Fill = 200;
        ImageSet set = One(channels, height, width);
        ImageBatches batches = new ImageSequence(set).RandomCrop(cropHeight, cropWidth, padding, seed: 4, Fill).Batches(1);
        Assert.Equal(new ImageShape(channels, cropHeight, cropWidth), batches.ImageShape);
        Dictionary<string, int> windows = [];
        for (int top = -padding; top <= height + padding - cropHeight; top++)
        {
            for (int left = -padding; left <= width + padding - cropWidth; left++)
                windows[Text(Window(set, top, left, cropHeight, cropWidth, Fill))] = 0;
        }

        int epochs = 200 * windows.Count;
        foreach (ImageBatch batch in batches.Epochs(0, epochs))
        {
            byte[] bytes = new byte[batch.Images.Length];
            for (int i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)MathF.Round(batch.Images[i] * 255);
            Assert.True(windows.ContainsKey(Text(bytes)), "Not a window of the image.");
            windows[Text(bytes)]++;
        }

        // Windows wholly outside look the same, so the map may hold fewer: the uniformity is for the others.
        int places = (height + 2 * padding - cropHeight + 1) * (width + 2 * padding - cropWidth + 1);
        if (places == windows.Count)
            Assert.All(windows.Values, count => Assert.InRange(count, 120, 280));
        else
            Assert.All(windows.Values, count => Assert.True(count > 0));
    }

    static byte[] Window(ImageSet set, int top, int left, int height, int width, byte fill)
    {
        List<byte> bytes = [];
        ImageShape shape = set.Shape;
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            for (int y = top; y < top + height; y++)
            {
                for (int x = left; x < left + width; x++)
                {
                    bool inside = y >= 0 && y < shape.Height && x >= 0 && x < shape.Width;
                    bytes.Add(inside ? set.Bytes(0)[(channel * shape.Height + y) * shape.Width + x] : fill);
                }
            }
        }

        return [.. bytes];
    }

    static string Text(byte[] bytes) => Convert.ToHexString(bytes);

    [Fact]
    public void Images_that_are_not_moved_stay_as_they_are()
    {
        ImageSet set = One(1, 4, 4);
        int still = 0;
        foreach (ImageBatch batch in new ImageSequence(set).RandomShift(2, probability: 0.3f, seed: 9).Batches(1).Epochs(0, 2000))
        {
            float[] original = new float[16];
            set.CopyTo(0, original);
            still += batch.Images.SequenceEqual(original) ? 1 : 0;
        }

        // 0.7 unmoved, and 1 in 25 of the moved ones moves by nothing.
        Assert.InRange(still, 2000 * 0.712 - 100, 2000 * 0.712 + 100);
    }

    [Fact]
    public void Augmentation_depends_on_seed_epoch_and_position_alone()
    {
        ImageSet set = ImageBatchesTests.Numbered(20, 5, 5);
        ImageSequence sequence = set.Shuffle(seed: 1).RandomShift(2, seed: 5).Transform((image, random) => image[0] = random % 97, seed: 3);
        List<float> values = ImageBatchesTests.Values(sequence.Batches(4).GetEnumerator());
        Assert.Equal(values, ImageBatchesTests.Values(sequence.Batches(10).GetEnumerator()));
        Assert.NotEqual(values, ImageBatchesTests.Values(sequence.Batches(4).Epochs(1, 1).GetEnumerator()));
        Assert.NotEqual(
            values, ImageBatchesTests.Values(set.Shuffle(seed: 1).RandomShift(2, seed: 6).Batches(4).GetEnumerator()));
    }

    [Fact]
    public void Windows_that_do_not_fit_are_refused()
    {
        ImageSequence sequence = new(One(1, 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.RandomCrop(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.RandomCrop(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.RandomShift(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequence.RandomShift(1, probability: 1.5f));
        Assert.Throws<InvalidOperationException>(() => sequence.RandomShift(1).RandomCrop(2, 2));
    }
}
