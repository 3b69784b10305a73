using System.Globalization;
using System.Text;
using Steps;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
Lesson[] lessons = Lesson.All;
int number = 0;
if (args.Length > 1 || (args.Length == 1 && !(int.TryParse(args[0], out number) && number >= 1 && number <= lessons.Length)))
{
    Console.Error.WriteLine($"Give a number from 1 to {lessons.Length}, or nothing for all.");
    return 1;
}

foreach (Lesson lesson in number == 0 ? lessons : [lessons[number - 1]])
{
    Console.WriteLine($"{Array.IndexOf(lessons, lesson) + 1}. {lesson.Title}");
    Console.WriteLine();
    lesson.Run(Console.Out);
    Console.WriteLine();
}

return 0;
