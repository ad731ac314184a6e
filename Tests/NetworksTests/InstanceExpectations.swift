// Made by Tools/reference/instances.py (torch 2.15.0+cu132): the official instance inference.

let instanceExpectations = [
    InstanceExpectation(
        name: "image's size", queries: 4, classes: 3, count: 6,
        isThing: nil, output: (22, 33),
        instances: [
            .init(
                category: 1, score: 0.6998847,
                text: """
                    03542LN42LN3;00O2O000O10G0L040LO5130D0;2DO:2F07801N1000I7N1100003M1O@O4OO3LN5OO3LO4M1962M1O1O00L
                    """),
            .init(
                category: 1, score: 0.5268382,
                text: """
                    0751MO31MO31MO5OK17MI65IK12N32J13NO916000O1N1O110000000GNN121MN581GI19NH0:OG180IO62JN44MK26NJ176\
                    1000O1O3LJ
                    """),
            .init(
                category: 0, score: 0.3928375,
                text: """
                    04540L040L031L01<OGN020N02OO02O1O1N11:00006J1LGM53KN42LO31M12NN21OO3NL94JH45ML24NM15MK81GO:1EO;1\
                    E0:6O2M2O2O00I
                    """),
            .init(
                category: 0, score: 0.3606713,
                text: """
                    839OO11OO1000000O11722OGL25KK5;000O100O001N3JFN;OH0107OI17OI160I240K14OJ45MK53KM62JN7161I8N2N2O0\
                    1O00L
                    """),
            .init(
                category: 1, score: 0.2434131,
                text: """
                    839OO11OO1000000O11722OGL25KK5;000O100O001N3JFN;OH0107OI17OI160I240K14OJ45MK53KM62JN7161I8N2N2O0\
                    1O00L
                    """),
            .init(
                category: 2, score: 0.2378696,
                text: """
                    839OO11OO1000000O11722OGL25KK5;000O100O001N3JFN;OH0107OI17OI160I240K14OJ45MK53KM62JN7161I8N2N2O0\
                    1O00L
                    """),
        ]),
    InstanceExpectation(
        name: "things alone", queries: 4, classes: 4, count: 11,
        isThing: [true, false, true, false], output: (17, 40),
        instances: [
            .init(
                category: 0, score: 0.6303553,
                text: """
                    0584000O1O100000JK05060KNK25NK33NM14OK164001O10002N2N0OJOc00D2O1O000O1N2INO20O0010O02ON19O5L00O1\
                    O1MNG36O
                    """),
            .init(
                category: 2, score: 0.5038795,
                text: """
                    65<000000001N1JJ07OJ1;O10ION12ON12ON110O00010N12NN32MN32MN23NM220L112OM15NL14OL14O7001JOJ150J17N\
                    H32M26LL34ML34ML34501O1N2O0000M
                    """),
            .init(
                category: 0, score: 0.3032865,
                text: """
                    02=2000O1OI0O011NO21NO12ON13NM23MN1:O01001O000000000O10O10000GO22LO42JO76O00IL01ON12OO2NN40N2NN9\
                    2GN83HM590JK050LO41LO41L021NO25
                    """),
            .init(
                category: 2, score: 0.142539,
                text: """
                    7:7000000LKL62LM43LM43LM34ML16NK0<O10000000000000FO;1GO02NO22LO33LM42NN1100O020NO21NN41LO0461O10\
                    0OO110LIN63KL54KL54KN32MO13MK
                    """),
            .init(
                category: 2, score: 0.1344944,
                text: """
                    0584000O1O100000JK05060KNK25NK33NM14OK164001O10002N2N0OJOc00D2O1O000O1N2INO20O0010O02ON19O5L00O1\
                    O1MNG36O
                    """),
            .init(
                category: 2, score: 0.0281847,
                text: """
                    02=2000O1OI0O011NO21NO12ON13NM23MN1:O01001O000000000O10O10000GO22LO42JO76O00IL01ON12OO2NN40N2NN9\
                    2GN83HM590JK050LO41LO41L021NO25
                    """),
            .init(
                category: 0, score: 0.02091023,
                text: """
                    65<000000001N1JJ07OJ1;O10ION12ON12ON110O00010N12NN32MN32MN23NM220L112OM15NL14OL14O7001JOJ150J17N\
                    H32M26LL34ML34ML34501O1N2O0000M
                    """),
        ]),
    InstanceExpectation(
        name: "wider than a word", queries: 18, classes: 2, count: 7,
        isThing: nil, output: (9, 70),
        instances: [
            .init(
                category: 0, score: 0.8412512,
                text: """
                    025200000000000O1O100000000000LOO21ON124O1O00000000n03oN0O100001O0O5NN1O0000000000Of01ZO000KO21N\
                    O21NO21M030M021NO21NO21NO21N0010O010R30RM00
                    """),
            .init(
                category: 0, score: 0.8011835,
                text: """
                    02610000O1000000000O1O1000N2O100O101O1OM0M030M0303000g31XL000V10jN00000KO21NO21M030M021NO25N10k1\
                    0UN000X10hN
                    """),
            .init(
                category: 1, score: 0.7971218,
                text: """
                    0121010O010O0010O010O010O010O010O010O010O010O010O010O010N12ON124O1O000000000000L0O011NO123000O10\
                    001O1O0000MNO61O000000O10LO010O0010O01032OO10O10O010000000000O1000000O100MM060000000:0A010O01
                    """),
            .init(
                category: 0, score: 0.7678573,
                text: """
                    32112ON12ON12ON12ON12ON12ON12ON1100O010O010O010O010O010O010O010O1O01401O0000000010O0000000000000\
                    ;0E001O0O100000000O1000OM0OO12ON12ON12ON151O0001O00000000000001O1O001O0000000000MN010O0
                    """),
            .init(
                category: 0, score: 0.7232906,
                text: """
                    3540000000000001NMO010O010O0100O010O010O010O10O10O10O10O10O10O010O0010O010O0100O010O01400O100000\
                    00i00WO00000000000L0O10O010O11NO21NO21M00O11O00O11O213010O0000001O00000000001O000000NLO41200O10N
                    """),
            .init(
                category: 0, score: 0.6206025,
                text: """
                    0252000000000000001O0O1O100000M300MM0303O0010000000M030O100000000000O[11eN0001Oc00XO011NO21NO21N\
                    O21M030M030M03301O0N\\20fM00000000000N20
                    """),
            .init(
                category: 1, score: 0.6081145,
                text: """
                    32112ON12ON12ON110O010O010O010O010O0100O010O010O0010O010O010O020M031MN3220LN12ON110O010O010O010O\
                    1040Z20fM0000000000001O0N20NL01OO1001OO1001OO10000001OO4210000000000000000001O001O000000O1N2000M\
                    O
                    """),
        ]),
]
