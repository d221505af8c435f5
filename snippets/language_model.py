"""Lesson 14: a small transformer that learns poems, Chinese and English, character by character.

The poems are in the second half of this file. They are hundreds of years old: nobody owns them.
"""

import base64
import math

import torch

T = 64  # the context: so many characters the network sees at most
D, heads, layers = 64, 4, 2  # the width, the heads of a layer, the layers
N, learning_rate = 8, 0.006
steps = 800
seed = 0
dtype = torch.float32


# --8<-- [start:attend]
def attend(q, k, v):
    """Let each place look at itself and at the places before it.

    Args:
        q (torch.Tensor): Queries, shape (B, heads, L, D_head).
        k (torch.Tensor): Keys, the same shape.
        v (torch.Tensor): Values, the same shape.

    Returns:
        o (torch.Tensor): Means of the values, the same shape.
        p (torch.Tensor): Their weights, shape (B, heads, L, L); each row sums to 1.
    """
    L, D_head = q.shape[-2:]
    hidden = torch.ones(L, L).triu(1) > 0  # (L, L)
    s = q @ k.transpose(-2, -1) / D_head**0.5  # (B, heads, L, L)
    s = s.masked_fill(hidden, -torch.inf)  # (B, heads, L, L)
    p = s.softmax(dim=-1)  # (B, heads, L, L)
    o = p @ v  # (B, heads, L, D_head)
    return o, p


# --8<-- [end:attend]


# --8<-- [start:attention]
class Attention(torch.nn.Module):
    """Several heads of attention side by side, each on its part of the numbers."""

    def __init__(self):
        """Make the weights of queries, keys and values in one, and those of the output."""
        super().__init__()
        self.qkv = torch.nn.Linear(D, 3 * D, bias=False)  # (B, L, D) -> (B, L, 3 D)
        self.out = torch.nn.Linear(D, D, bias=False)  # (B, L, D) -> (B, L, D)

    def forward(self, x):
        """Map features (B, L, D) to features (B, L, D)."""
        B, L, _ = x.shape
        qkv = self.qkv(x).reshape(B, L, 3, heads, D // heads)  # (B, L, 3, heads, D_head)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # each (B, heads, L, D_head)
        o, p = attend(q, k, v)
        self.p = p.detach()  # (B, heads, L, L): to look at
        o = o.transpose(1, 2).reshape(B, L, D)  # (B, L, D): the heads one after the other
        return self.out(o)


# --8<-- [end:attention]


# --8<-- [start:block]
class Block(torch.nn.Module):
    """Attention, which looks at other places, then a network on each place alone."""

    def __init__(self):
        """Make both parts, each with a normalization before it."""
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(D), torch.nn.LayerNorm(D)
        self.attention = Attention()
        self.network = torch.nn.Sequential(
            torch.nn.Linear(D, 4 * D), torch.nn.ReLU(), torch.nn.Linear(4 * D, D)
        )

    def forward(self, x):
        """Map features (B, L, D) to features (B, L, D)."""
        x = x + self.attention(self.norm1(x))  # (B, L, D)
        x = x + self.network(self.norm2(x))  # (B, L, D)
        return x


# --8<-- [end:block]


# --8<-- [start:model]
class LanguageModel(torch.nn.Module):
    """Scores for the next character, at each place of a text."""

    def __init__(self, V):
        """Make a network for V different characters."""
        super().__init__()
        self.characters = torch.nn.Embedding(V, D)  # (B, L) -> (B, L, D)
        self.places = torch.nn.Embedding(T, D)  # (L,) -> (L, D)
        self.blocks = torch.nn.Sequential(*[Block() for _ in range(layers)])
        self.norm = torch.nn.LayerNorm(D)
        torch.nn.init.normal_(self.characters.weight, std=0.1)
        torch.nn.init.normal_(self.places.weight, std=0.1)

    def forward(self, i):
        """Map characters, as numbers (B, L) with L at most T, to scores (B, L, V)."""
        places = torch.arange(i.shape[1])  # (L,)
        x = self.characters(i) + self.places(places)  # (B, L, D)
        x = self.norm(self.blocks(x))  # (B, L, D)
        return x @ self.characters.weight.T  # the characters' own weights, used a second time


# --8<-- [end:model]


# --8<-- [start:texts]
def load_texts():
    """Number the characters of all texts.

    Returns:
        vocabulary (list): All characters that occur; the place of each is its number.
        parts (dict): Texts as numbers, of shape (length,); one to learn from, two to measure on.
    """
    training = "\n".join([THOUSAND, THREE, TANG, SONNETS])
    texts = {"training": training, "Chinese": HELD_OUT_CHINESE, "English": HELD_OUT_ENGLISH}
    vocabulary = sorted(set("".join(texts.values())))
    parts = {name: torch.tensor(encode(vocabulary, text)) for name, text in texts.items()}
    return vocabulary, parts


def encode(vocabulary, text):
    """Return the numbers of characters, a list."""
    return [vocabulary.index(character) for character in text]


def decode(vocabulary, i):
    """Return the characters of numbers, a text."""
    return "".join(vocabulary[number] for number in i)


# --8<-- [end:texts]


# --8<-- [start:windows]
def draw_windows(i):
    """Draw N windows from a text.

    Args:
        i (torch.Tensor): The text as numbers, shape (length,).

    Returns:
        x (torch.Tensor): What the network reads, shape (N, T).
        y (torch.Tensor): The character after each of them, shape (N, T).
    """
    starts = torch.randint(0, len(i) - T, (N, 1))  # (N, 1)
    windows = i[starts + torch.arange(T + 1)]  # (N, T + 1)
    return windows[:, :-1], windows[:, 1:]


# --8<-- [end:windows]


# --8<-- [start:loss]
def loss_of(model, x, y):
    """Return the mean cross-entropy of characters x (B, L) and those after them, y (B, L)."""
    scores = model(x)  # (B, L, V)
    return torch.nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())


# --8<-- [end:loss]


# --8<-- [start:measure]
def measure(model, i):
    """Return the loss (float) on a text (length,), in full windows; a rest is left out."""
    L = min(T, len(i) - 1)
    windows = i.unfold(0, L + 1, L)  # (B, L + 1)
    with torch.no_grad():
        return loss_of(model, windows[:, :-1], windows[:, 1:]).item()


# --8<-- [end:measure]


# --8<-- [start:train]
def train(model, parts, start):
    """Train on a part of the text; measure on all parts; write something now and then.

    Args:
        model (LanguageModel): Updated in place.
        parts (dict): Texts as numbers, each (length,); it learns from the one named "training".
        start (list): How what it writes begins, as numbers.

    Returns:
        losses (dict): Pairs of step and loss, for each part.
        written (dict): What it wrote, by step.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, learning_rate, steps + 1, pct_start=0.1
    )
    losses, written = {name: [] for name in parts}, {}
    for t in range(steps + 1):
        if t % 50 == 0:
            for name, part in parts.items():
                losses[name].append([t, measure(model, part)])
        if t % 100 == 0:
            print(f"step {t:3d}", *(f" {name} {losses[name][-1][1]:5.2f}" for name in parts))
        if t in (0, 100, steps):
            written[t] = write(model, start, 36)
        x, y = draw_windows(parts["training"])  # (N, T), (N, T)
        optimizer.zero_grad()
        loss_of(model, x, y).backward()
        optimizer.step()
        schedule.step()  # the rate rises for a tenth of the steps, then falls to nearly 0
    return losses, written


# --8<-- [end:train]


# --8<-- [start:write]
def write(model, start, count, temperature=0.8):
    """Go on with a text, character by character.

    Args:
        model (LanguageModel): What proposes the next character.
        start (list): The characters to begin with, as numbers.
        count (int): How many characters to add.
        temperature (float): Below 1, the likeliest gets likelier still; 0 always takes it.

    Returns:
        i (list): All characters, as numbers.
    """
    i, generator = list(start), torch.Generator().manual_seed(seed)
    for _ in range(count):
        with torch.no_grad():
            scores = model(torch.tensor([i[-T:]]))[0, -1]  # (V,)
        if temperature == 0:
            i.append(scores.argmax().item())
        else:
            p = (scores / temperature).softmax(dim=0)  # (V,)
            i.append(torch.multinomial(p, 1, generator=generator).item())
    return i


# --8<-- [end:write]


# --8<-- [start:rounded]
def rounded(numbers):
    """Round the numbers of a tensor to one byte each.

    Returns:
        whole (torch.Tensor): Integers from -127 to 127, the same shape.
        scale (float): What to multiply them with.
    """
    scale = numbers.abs().max().item() / 127
    return (numbers / scale).round().to(torch.int8), scale


# --8<-- [end:rounded]


def packed(model):
    """Return the weights for the page: for each name the scale, and the bytes as text."""
    texts = {}
    for name, numbers in model.state_dict().items():
        whole, scale = rounded(numbers)
        data = bytes(whole.flatten().view(torch.uint8).tolist())
        texts[name] = {"scale": scale, "bytes": base64.b64encode(data).decode()}
    return texts


THOUSAND = """\
天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。寒来暑往，秋收冬藏。闰余成岁，律吕调阳。
云腾致雨，露结为霜。金生丽水，玉出昆冈。剑号巨阙，珠称夜光。果珍李柰，菜重芥姜。
海咸河淡，鳞潜羽翔。龙师火帝，鸟官人皇。始制文字，乃服衣裳。推位让国，有虞陶唐。
吊民伐罪，周发殷汤。坐朝问道，垂拱平章。爱育黎首，臣伏戎羌。遐迩一体，率宾归王。
鸣凤在竹，白驹食场。化被草木，赖及万方。盖此身发，四大五常。恭惟鞠养，岂敢毁伤。
女慕贞洁，男效才良。知过必改，得能莫忘。罔谈彼短，靡恃己长。信使可覆，器欲难量。
墨悲丝染，诗赞羔羊。景行维贤，克念作圣。德建名立，形端表正。空谷传声，虚堂习听。
祸因恶积，福缘善庆。尺璧非宝，寸阴是竞。资父事君，曰严与敬。孝当竭力，忠则尽命。
临深履薄，夙兴温凊。似兰斯馨，如松之盛。川流不息，渊澄取映。容止若思，言辞安定。
笃初诚美，慎终宜令。荣业所基，籍甚无竟。学优登仕，摄职从政。存以甘棠，去而益咏。
乐殊贵贱，礼别尊卑。上和下睦，夫唱妇随。外受傅训，入奉母仪。诸姑伯叔，犹子比儿。
孔怀兄弟，同气连枝。交友投分，切磨箴规。仁慈隐恻，造次弗离。节义廉退，颠沛匪亏。
性静情逸，心动神疲。守真志满，逐物意移。坚持雅操，好爵自縻。都邑华夏，东西二京。
背邙面洛，浮渭据泾。宫殿盘郁，楼观飞惊。图写禽兽，画彩仙灵。丙舍旁启，甲帐对楹。
肆筵设席，鼓瑟吹笙。升阶纳陛，弁转疑星。右通广内，左达承明。既集坟典，亦聚群英。
杜稿钟隶，漆书壁经。府罗将相，路侠槐卿。户封八县，家给千兵。高冠陪辇，驱毂振缨。
世禄侈富，车驾肥轻。策功茂实，勒碑刻铭。磻溪伊尹，佐时阿衡。奄宅曲阜，微旦孰营。
桓公匡合，济弱扶倾。绮回汉惠，说感武丁。俊乂密勿，多士寔宁。晋楚更霸，赵魏困横。
假途灭虢，践土会盟。何遵约法，韩弊烦刑。起翦颇牧，用军最精。宣威沙漠，驰誉丹青。
九州禹迹，百郡秦并。岳宗泰岱，禅主云亭。雁门紫塞，鸡田赤城。昆池碣石，钜野洞庭。
旷远绵邈，岩岫杳冥。治本于农，务兹稼穑。俶载南亩，我艺黍稷。税熟贡新，劝赏黜陟。
孟轲敦素，史鱼秉直。庶几中庸，劳谦谨敕。聆音察理，鉴貌辨色。贻厥嘉猷，勉其祗植。
省躬讥诫，宠增抗极。殆辱近耻，林皋幸即。两疏见机，解组谁逼。索居闲处，沉默寂寥。
求古寻论，散虑逍遥。欣奏累遣，戚谢欢招。渠荷的历，园莽抽条。枇杷晚翠，梧桐蚤凋。
陈根委翳，落叶飘摇。游鹍独运，凌摩绛霄。耽读玩市，寓目囊箱。易輶攸畏，属耳垣墙。
具膳餐饭，适口充肠。饱饫烹宰，饥厌糟糠。亲戚故旧，老少异粮。妾御绩纺，侍巾帷房。
纨扇圆洁，银烛炜煌。昼眠夕寐，蓝笋象床。弦歌酒宴，接杯举觞。矫手顿足，悦豫且康。
嫡后嗣续，祭祀烝尝。稽颡再拜，悚惧恐惶。笺牒简要，顾答审详。骸垢想浴，执热愿凉。
驴骡犊特，骇跃超骧。诛斩贼盗，捕获叛亡。布射僚丸，嵇琴阮啸。恬笔伦纸，钧巧任钓。
释纷利俗，并皆佳妙。毛施淑姿，工颦妍笑。年矢每催，曦晖朗曜。璇玑悬斡，晦魄环照。
指薪修祜，永绥吉劭。矩步引领，俯仰廊庙。束带矜庄，徘徊瞻眺。孤陋寡闻，愚蒙等诮。
谓语助者，焉哉乎也。
"""
THREE = """\
人之初，性本善。性相近，习相远。苟不教，性乃迁。教之道，贵以专。
昔孟母，择邻处。子不学，断机杼。窦燕山，有义方。教五子，名俱扬。
养不教，父之过。教不严，师之惰。子不学，非所宜。幼不学，老何为。
玉不琢，不成器。人不学，不知义。为人子，方少时。亲师友，习礼仪。
香九龄，能温席。孝于亲，所当执。融四岁，能让梨。弟于长，宜先知。
首孝悌，次见闻。知某数，识某文。一而十，十而百。百而千，千而万。
三才者，天地人。三光者，日月星。三纲者，君臣义。父子亲，夫妇顺。
曰春夏，曰秋冬。此四时，运不穷。曰南北，曰西东。此四方，应乎中。
曰水火，木金土。此五行，本乎数。曰仁义，礼智信。此五常，不容紊。
稻粱菽，麦黍稷。此六谷，人所食。马牛羊，鸡犬豕。此六畜，人所饲。
曰喜怒，曰哀惧。爱恶欲，七情具。匏土革，木石金。丝与竹，乃八音。
高曾祖，父而身。身而子，子而孙。自子孙，至玄曾。乃九族，人之伦。
父子恩，夫妇从。兄则友，弟则恭。长幼序，友与朋。君则敬，臣则忠。
此十义，人所同。
犬守夜，鸡司晨。苟不学，曷为人。蚕吐丝，蜂酿蜜。人不学，不如物。
幼而学，壮而行。上致君，下泽民。扬名声，显父母。光于前，裕于后。
人遗子，金满籯。我教子，惟一经。勤有功，戏无益。戒之哉，宜勉力。
"""
TANG = """\
春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。
白日依山尽，黄河入海流。欲穷千里目，更上一层楼。
红豆生南国，春来发几枝。愿君多采撷，此物最相思。
空山不见人，但闻人语响。返景入深林，复照青苔上。
千山鸟飞绝，万径人踪灭。孤舟蓑笠翁，独钓寒江雪。
松下问童子，言师采药去。只在此山中，云深不知处。
向晚意不适，驱车登古原。夕阳无限好，只是近黄昏。
锄禾日当午，汗滴禾下土。谁知盘中餐，粒粒皆辛苦。
朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。
日照香炉生紫烟，遥看瀑布挂前川。飞流直下三千尺，疑是银河落九天。
月落乌啼霜满天，江枫渔火对愁眠。姑苏城外寒山寺，夜半钟声到客船。
独在异乡为异客，每逢佳节倍思亲。遥知兄弟登高处，遍插茱萸少一人。
渭城朝雨浥轻尘，客舍青青柳色新。劝君更尽一杯酒，西出阳关无故人。
黄河远上白云间，一片孤城万仞山。羌笛何须怨杨柳，春风不度玉门关。
秦时明月汉时关，万里长征人未还。但使龙城飞将在，不教胡马度阴山。
两个黄鹂鸣翠柳，一行白鹭上青天。窗含西岭千秋雪，门泊东吴万里船。
远上寒山石径斜，白云生处有人家。停车坐爱枫林晚，霜叶红于二月花。
少小离家老大回，乡音无改鬓毛衰。儿童相见不相识，笑问客从何处来。
碧玉妆成一树高，万条垂下绿丝绦。不知细叶谁裁出，二月春风似剪刀。
李白乘舟将欲行，忽闻岸上踏歌声。桃花潭水深千尺，不及汪伦送我情。
天门中断楚江开，碧水东流至此回。两岸青山相对出，孤帆一片日边来。
故人西辞黄鹤楼，烟花三月下扬州。孤帆远影碧空尽，唯见长江天际流。
"""
HELD_OUT_CHINESE = """\
床前明月光，疑是地上霜。举头望明月，低头思故乡。
"""
SONNETS = """\
Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade,
Nor lose possession of that fair thou ow'st;
Nor shall death brag thou wander'st in his shade,
When in eternal lines to time thou grow'st:
So long as men can breathe, or eyes can see,
So long lives this, and this gives life to thee.

When, in disgrace with fortune and men's eyes,
I all alone beweep my outcast state,
And trouble deaf heaven with my bootless cries,
And look upon myself, and curse my fate,
Wishing me like to one more rich in hope,
Featur'd like him, like him with friends possess'd,
Desiring this man's art, and that man's scope,
With what I most enjoy contented least;
Yet in these thoughts myself almost despising,
Haply I think on thee, and then my state,
Like to the lark at break of day arising
From sullen earth, sings hymns at heaven's gate;
For thy sweet love remember'd such wealth brings
That then I scorn to change my state with kings.

When to the sessions of sweet silent thought
I summon up remembrance of things past,
I sigh the lack of many a thing I sought,
And with old woes new wail my dear time's waste:
Then can I drown an eye, unus'd to flow,
For precious friends hid in death's dateless night,
And weep afresh love's long since cancell'd woe,
And moan the expense of many a vanish'd sight:
Then can I grieve at grievances foregone,
And heavily from woe to woe tell o'er
The sad account of fore-bemoaned moan,
Which I new pay as if not paid before.
But if the while I think on thee, dear friend,
All losses are restor'd and sorrows end.

Let me not to the marriage of true minds
Admit impediments. Love is not love
Which alters when it alteration finds,
Or bends with the remover to remove:
O no! it is an ever-fixed mark
That looks on tempests and is never shaken;
It is the star to every wandering bark,
Whose worth's unknown, although his height be taken.
Love's not Time's fool, though rosy lips and cheeks
Within his bending sickle's compass come;
Love alters not with his brief hours and weeks,
But bears it out even to the edge of doom.
If this be error and upon me prov'd,
I never writ, nor no man ever lov'd.

My mistress' eyes are nothing like the sun;
Coral is far more red than her lips' red;
If snow be white, why then her breasts are dun;
If hairs be wires, black wires grow on her head.
I have seen roses damask'd, red and white,
But no such roses see I in her cheeks;
And in some perfumes is there more delight
Than in the breath that from my mistress reeks.
I love to hear her speak, yet well I know
That music hath a far more pleasing sound;
I grant I never saw a goddess go;
My mistress, when she walks, treads on the ground:
And yet, by heaven, I think my love as rare
As any she belied with false compare.
"""
HELD_OUT_ENGLISH = """\
That time of year thou mayst in me behold
When yellow leaves, or none, or few, do hang
Upon those boughs which shake against the cold,
Bare ruin'd choirs, where late the sweet birds sang.
In me thou see'st the twilight of such day
As after sunset fadeth in the west;
Which by and by black night doth take away,
Death's second self, that seals up all in rest.
In me thou see'st the glowing of such fire,
That on the ashes of his youth doth lie,
As the death-bed, whereon it must expire,
Consum'd with that which it was nourish'd by.
This thou perceiv'st, which makes thy love more strong,
To love that well, which thou must leave ere long.
"""


if __name__ == "__main__":
    vocabulary, parts = load_texts()
    V = len(vocabulary)
    print(len(parts["training"]), "characters to learn from,", V, "different ones in all")
    print("天地 ->", encode(vocabulary, "天地"), " to be ->", encode(vocabulary, "to be"))

    # --8<-- [start:shift]
    torch.manual_seed(seed)
    x, y = draw_windows(parts["training"])  # (N, T), (N, T)
    # --8<-- [end:shift]
    print("\nx", tuple(x.shape), decode(vocabulary, x[0, :12]))
    print("y", tuple(y.shape), decode(vocabulary, y[0, :12]))

    torch.manual_seed(seed)
    model = LanguageModel(V)
    print()
    sizes = {
        name: sum(p.numel() for p in part.parameters()) for name, part in model.named_children()
    }
    parameters = sum(sizes.values())
    for name, size in sizes.items():
        print(f"{name:10s} {size:6d}")
    print(f"{'together':10s} {parameters:6d}")

    guess = math.log(V)
    print()
    losses, written = train(model, parts, encode(vocabulary, "天地"))
    print()
    for t, i in written.items():
        print(f"after {t:3d} steps: {decode(vocabulary, i).replace(chr(10), ' / ')}")

    # --8<-- [start:heart]
    print()
    by_heart = {}
    for text in (THOUSAND, THREE, TANG, SONNETS, HELD_OUT_CHINESE, HELD_OUT_ENGLISH):
        i = encode(vocabulary, text)
        again = decode(vocabulary, write(model, i[:16], 24, temperature=0))
        loss = measure(model, torch.tensor(i))
        by_heart[text[:4]] = [loss, again == text[:40]]
        print(f"{loss:5.2f} {again!r}")
    # --8<-- [end:heart]

    # --8<-- [start:look]
    line = encode(vocabulary, "白日依山尽，黄河")
    model(torch.tensor([line]))
    looks = [
        {"name": f"{layer}-{head}", "pixels": (16 * p).round().int().flatten().tolist()}
        for layer, block in enumerate(model.blocks, 1)
        for head, p in enumerate(block.attention.p[0], 1)
    ]
    # --8<-- [end:look]

    # --8<-- [start:small]
    small = LanguageModel(V)
    pairs = {name: rounded(numbers) for name, numbers in model.state_dict().items()}
    small.load_state_dict({name: whole * scale for name, (whole, scale) in pairs.items()})
    exact, rough = (measure(one, parts["training"]) for one in (model, small))
    # --8<-- [end:small]
    print(f"\nloss with exact weights {exact:.4f}, rounded to one byte each {rough:.4f}")
    starts = [encode(vocabulary, start) for start in ("天地", "Shall I ")]
    page = {
        "vocabulary": "".join(vocabulary),
        "sizes": [T, D, heads, layers],
        "weights": packed(model),
        "written": "\n\n".join(decode(vocabulary, write(model, i, 80)) for i in starts),
    }
